"""What the failure of each supplier would cost."""
