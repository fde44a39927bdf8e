"""What plnd reads to find last posts: pages the browser shows, public feeds, linked articles."""
