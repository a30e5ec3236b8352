"""An embedder without a model: vectors are counted from words, so that every run on every machine has the same."""

import hashlib
import re

import numpy as np
from numpy.typing import NDArray

from cocoindex.resources.schema import VectorSchema

SIZE = 256


class HashingEmbedder:
    """Counts words by their hash; texts that share words have near vectors."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __coco_memo_key__(self) -> object:
        return self.name

    async def __coco_vector_schema__(self) -> VectorSchema:
        return VectorSchema(np.dtype(np.float32), SIZE)

    async def embed(self, text: str) -> NDArray[np.float32]:
        vector = np.zeros(SIZE, np.float32)
        for word in re.findall(r"\w+", text.lower()):
            vector[int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big") % SIZE] += 1
        length = np.linalg.norm(vector)
        return vector / np.float32(length) if length else vector
