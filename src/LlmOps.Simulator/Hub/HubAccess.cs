using LlmOps.Simulator.Http;
using LlmOps.Simulator.Machine;

namespace LlmOps.Simulator.Hub;

/// <summary>Who may read what. Any token that begins with <c>hf_</c> is known; <c>hf_noaccess…</c> is on no list of a gated model.</summary>
internal sealed class HubAccess(SimulatedMachine machine)
{
    /// <summary>The refusal of a request for a model's files, or null.</summary>
    public HubRefusal? Refusal(HttpRequest request, HubModel? model)
    {
        var token = request.BearerToken;
        if (token is not null && !token.StartsWith("hf_", StringComparison.Ordinal)) return new HubRefusal(401, null, "Invalid credentials in Authorization header");
        if (model is null) return new HubRefusal(token is null ? 401 : 404, "RepoNotFound", token is null ? "Invalid username or password." : "Repository not found");
        if (!IsGated(model)) return null;
        return token switch
        {
            null => new HubRefusal(401, "GatedRepo", $"Access to model {model.Id} is restricted. You must have access to it and be authenticated to access it. Please log in."),
            _ when token.StartsWith("hf_noaccess", StringComparison.Ordinal) =>
                new HubRefusal(403, "GatedRepo", $"Access to model {model.Id} is restricted and you are not in the authorized list. Visit https://huggingface.co/{model.Id} to ask for access."),
            _ => null,
        };
    }

    public bool IsGated(HubModel model) => model.Gated || machine.HasFault("Gated");
}
