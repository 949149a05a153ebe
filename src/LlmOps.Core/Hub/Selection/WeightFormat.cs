namespace LlmOps.Hub;

/// <summary>The forms in which a repository may hold the same model.</summary>
public enum WeightFormat
{
    /// <summary>Belongs to none of them, or to all: a tokenizer, a config.</summary>
    Common,

    /// <summary>The format that vLLM and transformers load first: <c>model-00001-of-00004.safetensors</c>.</summary>
    Safetensors,

    /// <summary>The pickled format before it: <c>pytorch_model.bin</c>.</summary>
    PyTorch,

    /// <summary>One file, or one set of files, per quantization, for llama.cpp.</summary>
    Gguf,

    /// <summary>The maker's own layout beside that of transformers: <c>consolidated.safetensors</c>, <c>consolidated.00.pth</c>.</summary>
    Consolidated,

    /// <summary>The maker's own layout in a folder <c>original</c> or <c>metal</c>.</summary>
    Original,

    /// <summary>TensorFlow and TensorFlow Lite.</summary>
    TensorFlow,

    /// <summary>Flax: <c>flax_model.msgpack</c>.</summary>
    Flax,

    /// <summary>Rust: <c>rust_model.ot</c>.</summary>
    Rust,

    /// <summary>ONNX.</summary>
    Onnx,

    /// <summary>OpenVINO.</summary>
    OpenVino,

    /// <summary>Core ML.</summary>
    CoreMl,

    /// <summary>What only the training could go on from: the optimizer's state and the like.</summary>
    TrainingState,

    /// <summary>What GGUF quantizations were computed with.</summary>
    ImportanceMatrix,
}
