"""The conversation, platform-free: a Request in, a Reply out."""
