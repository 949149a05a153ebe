using System.Management.Automation;
using System.Security;

namespace LlmOps.Infrastructure;

/// <summary>Lets a secret parameter take plain text besides a SecureString: text from a vault or a variable, which is then kept as a SecureString.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class SecureStringTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var value = inputData is PSObject item ? item.BaseObject : inputData;
        if (value is not string text) return value;
        var secret = new SecureString();
        foreach (var character in text) secret.AppendChar(character);
        secret.MakeReadOnly();
        return secret;
    }
}
