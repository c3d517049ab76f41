"""The quality lead's pages: fields that wait for a person, one by one and side by side."""
