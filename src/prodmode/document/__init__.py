"""What people read, before it is set as text or Markdown: documents made of blocks."""
