namespace LlmOps.Simulator.Vllm;

/// <summary>What ends <c>vllm serve</c> before it serves: the Python exception that the log shows.</summary>
/// <param name="message">The exception with its type, as in a traceback's last line.</param>
/// <param name="place">Where it happens.</param>
internal sealed class VllmFailure(string message, FailurePlace place) : Exception(message)
{
    public FailurePlace Place { get; } = place;

    /// <summary>A refused setting, in the words of pydantic.</summary>
    public static VllmFailure Setting(string type, string message) =>
        new($"pydantic_core._pydantic_core.ValidationError: 1 validation error for {type}\n  Value error, {message} [type=value_error, input_value=ArgsKwargs((), {{...}}), input_type=ArgsKwargs]\n    For further information visit https://errors.pydantic.dev/2.12/v/value_error", FailurePlace.ApiServer);
}
