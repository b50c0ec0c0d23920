"""What somebody builds in an afternoon: SQLModel tables, Strawberry types, a DataLoader for each relation, uvicorn."""
