"""What a person sees, described once; each platform renders it."""
