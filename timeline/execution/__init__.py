"""GraphQL operations compiled into plans, and plans executed breadth first. It knows nothing of timelines."""

from timeline.execution.answer import Answer
from timeline.execution.documents import Document, Documents
from timeline.execution.plan import Plan
from timeline.execution.resolvers import Batch, Call, Leaf, Resolver, ResolverOf, total

__all__ = ["Answer", "Batch", "Call", "Document", "Documents", "Leaf", "Plan", "Resolver", "ResolverOf", "total"]
