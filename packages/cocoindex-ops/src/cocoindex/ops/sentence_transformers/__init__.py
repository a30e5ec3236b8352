"""Text embeddings by sentence-transformers models that run here; the library is imported at the first use."""

from ._embedder import SentenceTransformerEmbedder as SentenceTransformerEmbedder
