"""The published description of the JSON API (OpenAPI 3.1), put together from what the server itself reads."""
