"""User access reviews: what a system says who has which access, who looks at it, and what they decide."""
