"""Which bot scope each method asks for (any one of those listed), from Slack's method reference."""

HISTORY = {
    "im": "im:history",
    "public": "channels:history",
    "private": "groups:history",
}
READING = {
    "im": "im:read",
    "public": "channels:read",
    "private": "groups:read",
}

SCOPES: dict[str, tuple[str, ...]] = {
    "auth.test": (),
    "chat.delete": ("chat:write",),
    "chat.getPermalink": (),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": ("channels:history", "groups:history", "im:history", "mpim:history"),
    "conversations.info": ("channels:read", "groups:read", "im:read", "mpim:read"),
    "conversations.open": ("channels:manage", "groups:write", "im:write", "mpim:write"),
    "conversations.replies": ("channels:history", "groups:history", "im:history", "mpim:history"),
    "files.completeUploadExternal": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "files.info": ("files:read",),
    "team.info": ("team:read",),
    "users.info": ("users:read",),
    "users.list": ("users:read",),
    "users.lookupByEmail": ("users:read.email",),
    "views.open": (),
    "views.publish": (),
    "views.push": (),
    "views.update": (),
}

# What shared/platforms/slack.md allows the app to ask for.
OUR_SCOPES = frozenset(
    {
        *("commands", "chat:write", "im:write", "im:history"),
        *("files:read", "files:write", "users:read", "users:read.email"),
    }
)
