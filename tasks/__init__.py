"""The domain: what SOC 2's rhythm asks for, in plain Python. Knows no platform, database or clock."""
