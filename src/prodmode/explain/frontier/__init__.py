"""Profit against one thing that is limited: a budget, emissions, a share, any limit."""
