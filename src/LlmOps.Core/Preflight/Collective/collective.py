# One process for each GPU: joins the others with NCCL, adds a vector up across all GPUs, checks the sum and measures a larger one.
# Each step is told as a line of JSON, so that who watches knows where it stopped.
import json
import os
import sys
import time
from datetime import timedelta

rank, world, port, seconds = (int(text) for text in sys.argv[1:5])


def tell(step, **more):
    print(json.dumps({"rank": rank, "step": step, **more}), flush=True)


import torch
import torch.distributed as dist

tell("imported", torch=torch.__version__, cuda=torch.version.cuda, nccl=".".join(str(part) for part in torch.cuda.nccl.version()))
torch.cuda.set_device(rank)
torch.zeros(1, device="cuda")
tell("device", name=torch.cuda.get_device_name(rank))
limit = timedelta(seconds=seconds)
store = dist.TCPStore("127.0.0.1", port, world, rank == 0, timeout=limit)
dist.init_process_group("nccl", store=store, rank=rank, world_size=world, timeout=limit)
tell("joined")
vector = torch.full((1024,), float(rank + 1), device="cuda")
dist.all_reduce(vector)
torch.cuda.synchronize()
expected = world * (world + 1) / 2
tell("reduced", correct=bool((vector == expected).all().item()))
large = torch.ones(32 * 1024 * 1024, dtype=torch.float16, device="cuda")
for _ in range(3):
    dist.all_reduce(large)
torch.cuda.synchronize()
began = time.perf_counter()
for _ in range(5):
    dist.all_reduce(large)
torch.cuda.synchronize()
tell("measured", bytes=large.numel() * large.element_size(), seconds=(time.perf_counter() - began) / 5)
sys.stderr.flush()
os._exit(0)
