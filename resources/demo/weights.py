"""Writes and reads the shipped file: safetensors, every tensor bf16, data aligned to 64 bytes."""
import json
import struct

import numpy

ALIGN = 64


def _bf16(array):
    """fp32 to bf16 bits, to nearest even."""
    bits = numpy.ascontiguousarray(array, dtype=numpy.float32).view(numpy.uint32).astype(numpy.uint64)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype("<u2")


def write(tensors, path, note="Rookery demonstration model"):
    header, blobs, at = {"__metadata__": {"format": "pt", "title": note}}, [], 0
    for name in sorted(tensors):
        blob = _bf16(tensors[name].detach().float().numpy()).tobytes()
        header[name] = {"dtype": "BF16", "shape": list(tensors[name].shape), "data_offsets": [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % ALIGN)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for blob in blobs:
            file.write(blob)


def read(path):
    """All tensors as fp32 arrays."""
    data = open(path, "rb").read()
    size = struct.unpack("<Q", data[:8])[0]
    out = {}
    for name, entry in json.loads(data[8:8 + size]).items():
        if name != "__metadata__":
            begin, end = (8 + size + o for o in entry["data_offsets"])
            bits = numpy.frombuffer(data[begin:end], dtype="<u2").astype(numpy.uint32) << 16
            out[name] = bits.view(numpy.float32).reshape(entry["shape"])
    return out
