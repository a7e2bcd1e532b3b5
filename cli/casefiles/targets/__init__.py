"""Ways to send a query to the user's own application, behind one Protocol."""
