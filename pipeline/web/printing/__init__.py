"""The pages where wards print blank cards."""
