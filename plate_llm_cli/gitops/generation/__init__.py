"""What an Application and its project should look like, from what they deploy and a team's habits."""
