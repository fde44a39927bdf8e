"""Chats: the ones plnd comes with and the user's own, their slots and who attended them."""
