# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""Writes a language model that knows a few answers by heart, as a GGUF file of some hundred kilobytes.

The next token depends on the last one alone. One layer of the llama architecture whose attention and
feed-forward weights are zero lets a token's embedding pass through unchanged; an embedding has a single
one, and the output matrix has, in that dimension, a large weight for the successor. Greedy choice and
sampling at any usual temperature then agree. So a script, a text cut into tokens that each have one
successor, is recited whole once the prompt ends with the script's own start token; the chat template
says which one that is.
"""

import itertools
import struct

UNKNOWN, BEGIN, END = 0, 1, 2
FIRST_BYTE = 3  # the 256 tokens that stand for single bytes
FIRST_PIECE = FIRST_BYTE + 256
PIECE_CHARS = 4  # more where another script has the same
HEAD = 32  # dimensions of the one attention head
FEED_FORWARD = 32
CERTAIN = 60.0  # the successor's logit; all others' is 0
ALIGNMENT = 32

# Types of GGUF's metadata, of tensors and of tokens, by their numbers in the format.
U32, I32, F32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
TENSOR_F32 = 0
NORMAL, UNKNOWN_TYPE, CONTROL, BYTE = 1, 2, 3, 6


def start_token(script):
    return f"<|{script}|>"


class Vocabulary:
    """The tokens, and the successor of each that a script has."""

    def __init__(self):
        self.texts = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
        self.types = [UNKNOWN_TYPE, CONTROL, CONTROL, *[BYTE] * 256]
        self.successors = {}

    def add(self, text, kind):
        if text in self.texts:
            raise ValueError(f"two tokens {text!r}")
        self.texts.append(text)
        self.types.append(kind)
        return len(self.texts) - 1

    def follow(self, token, successor):
        if self.successors.setdefault(token, successor) != successor:
            raise ValueError(f"two successors of {self.texts[token]!r}")

    def add_script(self, name, text, endless):
        tokens = [self.add(start_token(name), CONTROL), *self.cut(text)]
        for token, successor in itertools.pairwise(tokens):
            self.follow(token, successor)
        self.follow(tokens[-1], tokens[1] if endless else END)

    def cut(self, text):
        """ASCII in pieces that no other token has; everything else byte by byte."""
        for is_ascii, run in itertools.groupby(text, str.isascii):
            if is_ascii:
                yield from [self.add(piece, NORMAL) for piece in self.new_pieces(self.spell("".join(run)))]
            else:
                yield from (FIRST_BYTE + byte for byte in "".join(run).encode())

    def new_pieces(self, run):
        pieces = []
        while run:
            size = PIECE_CHARS
            while size < len(run) and run[:size] in self.texts + pieces:
                size += 1
            pieces.append(run[:size])
            run = run[size:]
        while len(pieces) > 1 and pieces[-1] in self.texts + pieces[:-1]:
            pieces[-2:] = ["".join(pieces[-2:])]
        return pieces

    @staticmethod
    def spell(text):
        return text.replace(" ", "\N{LOWER ONE EIGHTH BLOCK}")


# ---- the format --------------------------------------------------------------------------------


def string(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def value(kind, data):
    if kind == STRING:
        return string(data)
    return struct.pack({U32: "<I", I32: "<i", F32: "<f", BOOL: "<?"}[kind], data)


def entry(key, kind, data):
    if isinstance(data, list):
        items = b"".join(value(kind, item) for item in data)
        return string(key) + struct.pack("<IIQ", ARRAY, kind, len(data)) + items
    return string(key) + struct.pack("<I", kind) + value(kind, data)


def metadata(vocabulary, width, context, template):
    tokenizer, llama = "tokenizer.ggml.", "llama."
    return [
        entry("general.architecture", STRING, "llama"),
        entry("general.alignment", U32, ALIGNMENT),
        entry(llama + "context_length", U32, context),
        entry(llama + "embedding_length", U32, width),
        entry(llama + "block_count", U32, 1),
        entry(llama + "feed_forward_length", U32, FEED_FORWARD),
        entry(llama + "attention.head_count", U32, 1),
        entry(llama + "attention.head_count_kv", U32, 1),
        entry(llama + "attention.key_length", U32, HEAD),
        entry(llama + "attention.value_length", U32, HEAD),
        entry(llama + "attention.layer_norm_rms_epsilon", F32, 1e-5),
        entry(llama + "rope.dimension_count", U32, HEAD),
        entry(tokenizer + "model", STRING, "llama"),
        entry(tokenizer + "tokens", STRING, vocabulary.texts),
        entry(tokenizer + "scores", F32, [0.0] * len(vocabulary.texts)),
        entry(tokenizer + "token_type", I32, vocabulary.types),
        entry(tokenizer + "unknown_token_id", U32, UNKNOWN),
        entry(tokenizer + "bos_token_id", U32, BEGIN),
        entry(tokenizer + "eos_token_id", U32, END),
        entry(tokenizer + "add_bos_token", BOOL, False),
        entry(tokenizer + "add_space_prefix", BOOL, False),
        entry("tokenizer.chat_template", STRING, template),
    ]


def matrix(rows, columns, ones, weight=1.0):
    """All zero but for ONES, pairs of row and column."""
    data = bytearray(4 * rows * columns)
    for row, column in ones:
        struct.pack_into("<f", data, 4 * (row * columns + column), weight)
    return (columns, rows), bytes(data)


def vector(size, number):
    return (size,), struct.pack("<f", number) * size


def tensors(vocabulary, width):
    # A token without a successor shares dimension 0, from which the answer just ends.
    dimensions = {token: n for n, token in enumerate(vocabulary.successors, 1)}
    count = len(vocabulary.texts)
    embedding = [(token, dimensions.get(token, 0)) for token in range(count)]
    output = [(END, 0), *((vocabulary.successors[token], n) for token, n in dimensions.items())]
    return {
        "token_embd.weight": matrix(count, width, embedding),
        # Normalising a single one makes it the root of the width; this takes it back to one.
        "output_norm.weight": vector(width, width**-0.5),
        "output.weight": matrix(count, width, output, CERTAIN),
        "blk.0.attn_norm.weight": vector(width, 1.0),
        "blk.0.attn_q.weight": matrix(HEAD, width, []),
        "blk.0.attn_k.weight": matrix(HEAD, width, []),
        "blk.0.attn_v.weight": matrix(HEAD, width, []),
        "blk.0.attn_output.weight": matrix(width, HEAD, []),
        "blk.0.ffn_norm.weight": vector(width, 1.0),
        "blk.0.ffn_gate.weight": matrix(FEED_FORWARD, width, []),
        "blk.0.ffn_up.weight": matrix(FEED_FORWARD, width, []),
        "blk.0.ffn_down.weight": matrix(width, FEED_FORWARD, []),
    }


def pad(data):
    return data + bytes(-len(data) % ALIGNMENT)


def write(path, scripts, template, context, endless=()):
    """SCRIPTS: texts by name; those named in ENDLESS begin again instead of ending."""
    vocabulary = Vocabulary()
    for name, text in scripts.items():
        vocabulary.add_script(name, text, name in endless)
    width = -(-(len(vocabulary.successors) + 1) // ALIGNMENT) * ALIGNMENT
    entries = metadata(vocabulary, width, context, template)
    named = tensors(vocabulary, width)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(named), len(entries)) + b"".join(entries)
    offset = 0
    for name, (shape, data) in named.items():
        head += string(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *shape)
        head += struct.pack("<IQ", TENSOR_F32, offset)
        offset += len(pad(data))
    with open(path, "wb") as file:
        file.write(pad(head))
        for _, data in named.values():
            file.write(pad(data))
