"""One verb a file: plain functions over a unit of work that decide, change and record."""
