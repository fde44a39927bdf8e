"""The user's own data: receipt, forgetting, export and import, backups."""
