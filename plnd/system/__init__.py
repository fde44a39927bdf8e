"""What differs between systems, and what lies under everything else: folders, files, locks."""
