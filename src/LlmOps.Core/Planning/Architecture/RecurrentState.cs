namespace LlmOps.Planning;

/// <summary>
/// The state of a recurrent layer. Gated delta net: convolution over queries, keys and values, and one matrix of key by value per head. Mamba: convolution over its
/// channels, and one vector per channel. Source: vLLM, model_executor/layers/mamba/mamba_utils.py.
/// </summary>
/// <param name="ConvolutionChannels">The channels that the convolution sees.</param>
/// <param name="ConvolutionKernel">How many tokens it looks at.</param>
/// <param name="StateElements">The numbers of the recurrent state.</param>
/// <param name="StateBytes">The bytes of one of them.</param>
public sealed record RecurrentState(long ConvolutionChannels, int ConvolutionKernel, long StateElements, int StateBytes)
{
    private const int ConvolutionBytes = 2;

    /// <summary>The bytes of one request on one GPU.</summary>
    /// <param name="tensorParallel">Over how many GPUs a layer is spread.</param>
    /// <param name="speculativeTokens">How many tokens are guessed ahead; the convolution keeps them too.</param>
    public long BytesPerGpu(int tensorParallel, int speculativeTokens) =>
        (ConvolutionChannels / tensorParallel * (ConvolutionKernel - 1 + speculativeTokens) * ConvolutionBytes) + (StateElements / tensorParallel * StateBytes);
}
