namespace LlmOps.Tests.Engines;

/// <summary>A program that is started, logs, answers, ends and fails as vLLM does, without a model. <c>FAKE_*</c> variables say how it behaves.</summary>
internal static class FakeVllm
{
    public const string Version = "0.29.0";

    public static void Install(string root)
    {
        var folder = Path.Join(root, "venvs", "vllm-" + Version);
        Directory.CreateDirectory(Path.Join(folder, "bin"));
        Executable.Write(Path.Join(folder, "bin", "vllm"), Script);
        File.WriteAllText(Path.Join(folder, "complete"), "fake\n");
    }

    private const string Script = """
        #!/usr/bin/python3
        import json, os, signal, subprocess, sys, threading, time
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        args = sys.argv[1:]
        opt = lambda name: args[args.index(name) + 1]
        mode = os.environ.get("FAKE_MODE", "")
        with open(os.environ["FAKE_STARTS"], "a") as f: f.write("start %d\n" % os.getpid())

        def log(text, proc="APIServer", head=True):
            print("\x1b[0;36m(%s pid=%d)\x1b[0;0m %s%s" % (proc, os.getpid(), "INFO 08-17 12:00:00 [x.py:1] " if head else "", text), flush=True)

        log("vLLM API server version 0.29.0")
        log("non-default args: {'model': 'm'}")
        log("Resolved architecture: Qwen2ForCausalLM")
        log("Using max model len 32768")
        worker = subprocess.Popen(["/usr/bin/python3", "-c", "import signal,time\nsignal.signal(15, signal.SIG_IGN)\ntime.sleep(600)"])
        with open(os.environ["FAKE_STARTS"] + ".worker", "w") as f: f.write(str(worker.pid))
        while os.path.exists(os.environ.get("FAKE_HOLD", "")): time.sleep(0.02)
        log("Initializing a V1 LLM engine (v0.29.0) with config: model='m'", "EngineCore")
        log("world_size=2 rank=0 local_rank=0", "Worker_TP0")
        log("Starting to load model m...", "Worker_TP0")
        for i in (0, 50, 100): sys.stdout.write("\r(Worker_TP0 pid=9) Loading safetensors checkpoint shards: %3d%% Completed | %d/4" % (i, i / 25)); sys.stdout.flush()
        print()
        if mode == "crash":
            log("Traceback (most recent call last):", "Worker_TP0", False)
            log("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 3.00 GiB.", "Worker_TP0", False)
            log("RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}", "APIServer", False)
            sys.exit(1)
        if mode == "never": time.sleep(600)
        log("Loading weights took 1.00 seconds", "Worker_TP1")
        log("Available KV cache memory: 5.38 GiB", "Worker_TP0")
        log("GPU KV cache size: 70,528 tokens, Maximum concurrency for 32,768 tokens per request: 2.15x", "EngineCore")
        log("GPU KV cache size: 70,512 tokens", "EngineCore")
        print("(Worker_TP0 pid=9) Capturing CUDA graphs (decode):  50%|##", flush=True)
        if mode == "ignoreterm": signal.signal(signal.SIGTERM, signal.SIG_IGN)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def answer(self, code, body):
                data = json.dumps(body).encode()
                self.send_response(code); self.send_header("content-length", str(len(data))); self.end_headers(); self.wfile.write(data)
            def do_GET(self): self.answer(200, {})
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                key = os.environ.get("VLLM_API_KEY")
                if key and self.headers.get("authorization") != "Bearer " + key: return self.answer(401, {})
                if body["model"] != opt("--served-model-name"): return self.answer(404, {})
                self.answer(200, {"choices": [{"text": "!"}]})
            def log_message(self, *a): pass

        server = ThreadingHTTPServer(("127.0.0.1", int(opt("--port"))), Handler)
        log("Starting vLLM server on http://127.0.0.1:%s" % opt("--port"))
        log("Application startup complete.", "APIServer", False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        def stop(*_):
            log("[shutdown] API server: shutdown triggered")
            if mode != "orphans": worker.kill()
            os._exit(0)
        if mode != "ignoreterm": signal.signal(signal.SIGTERM, stop)
        while mode != "crashlater" or not os.path.exists(os.environ["FAKE_STARTS"] + ".crash"): time.sleep(0.05)
        print("ValueError: it broke", flush=True)
        os._exit(3)
        """;
}
