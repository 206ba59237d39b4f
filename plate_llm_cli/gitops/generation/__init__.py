"""What Applications and projects should look like, from what they deploy and how a team works."""
