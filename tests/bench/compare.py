#!/usr/bin/env python3
"""Measures rookery-cli, and llama.cpp beside it where it is there, and prints one table.

    tests/bench/compare.py                                   rookery-cli alone
    tests/bench/compare.py --gguf bf16=a.gguf --gguf fp16=b.gguf [--peer DIR]

The models are random weights of a public shape; a GGUF should hold the same shape and type, for the peer's row.
DIR holds llama-bench (and llama-batched-bench, for batches above 1); without --peer they are looked for in PATH.
Every figure is tokens per second of all sequences together. Keep the machine quiet: the table cannot tell.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys

TYPES = ("fp32", "bf16", "fp16")


def parse():
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cli", default=os.path.join(root, "build/bin/rookery-cli"), help="the rookery-cli to measure")
    parser.add_argument("--shape", default="0.1B", help="public shape, as rookery-cli bench takes it")
    parser.add_argument("--types", default=",".join(TYPES), help="weight types, with commas between")
    parser.add_argument("--batch", default="1,8,32", help="sequences at once")
    parser.add_argument("--prompt", type=int, default=512, help="tokens to read")
    parser.add_argument("--gen", type=int, default=32, help="tokens to generate")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="processor threads of both")
    parser.add_argument("--peer", default="", metavar="DIR", help="folder with llama-bench")
    parser.add_argument("--gguf", action="append", default=[], metavar="TYPE=FILE", help="the peer's model of a type")
    return parser.parse_args()


def run(command):
    """The output of a program; its errors end this one."""
    environment = dict(os.environ)
    if os.path.dirname(command[0]):  # libraries that lie beside the program
        paths = [os.path.dirname(command[0]), environment.get("LD_LIBRARY_PATH", "")]
        environment["LD_LIBRARY_PATH"] = ":".join(filter(None, paths))
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, check=False)
    if done.returncode != 0:
        tail = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()[-3:]
        sys.exit(f"compare: {' '.join(command)} ended with {done.returncode}: {' '.join(tail)}")
    return done.stdout.decode(errors="replace")


def rookery(options, kind):
    """({test: tokens/s}, machine) of rookery-cli."""
    said = json.loads(run([options.cli, "bench", "--shape", options.shape, "--strategy", f"cpu {kind}",
                           "--batch", options.batch, "--prompt", str(options.prompt), "--gen", str(options.gen),
                           "--threads", str(options.threads), "--json"]))
    speeds = {}
    for result in said["results"]:
        if result["prefill_tokens_per_s"]:
            speeds["read"] = result["prefill_tokens_per_s"]
        speeds[result["batch"]] = result["decode_tokens_per_s"]
    return speeds, said["machine"]


def peer(options, program, model):
    """{test: tokens/s} of llama.cpp."""
    speeds = {}
    common = ["-m", model, "-t", str(options.threads)]
    for test in json.loads(run([program, *common, "-p", str(options.prompt), "-n", str(options.gen), "-o", "json"])):
        speeds["read" if test["n_gen"] == 0 else 1] = test["avg_ts"]
    batched = os.path.join(os.path.dirname(program), "llama-batched-bench")
    batches = [size for size in options.batch.split(",") if size != "1"]
    if batches and os.access(batched, os.X_OK):
        context = max(map(int, batches)) * (options.gen + 16)
        lines = run([batched, *common, "-c", str(context), "-npp", "16", "-ntg", str(options.gen),
                     "-npl", ",".join(batches), "--output-format", "jsonl"])
        for line in lines.splitlines():
            if line.startswith("{"):
                result = json.loads(line)
                speeds[result["pl"]] = result["speed_tg"]
    return speeds


def find_peer(options):
    if options.peer:
        program = os.path.join(options.peer, "llama-bench")
        if not os.access(program, os.X_OK):
            sys.exit(f"compare: --peer: expected llama-bench in {options.peer}")
        return os.path.abspath(program)
    return shutil.which("llama-bench")


def main():
    options = parse()
    ggufs = {}
    for given in options.gguf:
        kind, _, path = given.partition("=")
        if kind not in TYPES or not os.path.isfile(path):
            sys.exit(f"compare: --gguf: expected TYPE=FILE with one of {', '.join(TYPES)}, found \"{given}\"")
        ggufs[kind] = path
    program = find_peer(options)
    rows = []
    machine = None
    for kind in options.types.split(","):
        ours, machine = rookery(options, kind)
        theirs = peer(options, program, ggufs[kind]) if program and kind in ggufs else {}
        for test, speed in ours.items():
            what = f"read {options.prompt}" if test == "read" else f"generate, batch {test}"
            other = theirs.get(test)
            rows.append((kind, what, f"{speed:,.0f}", f"{other:,.0f}" if other else "-",
                         f"{speed / other:.1f}" if other else "-"))
    print(f"{machine['cpu']}, {options.threads} threads: reads memory at {machine['memory_read_gb_per_s']:.1f} GB/s, "
          f"bf16 {machine['bf16_gflops']:.0f} Gflop/s; shape {options.shape}\n")
    print("| weights | test | rookery tok/s | llama.cpp tok/s | ratio |")
    print("|---|---|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
