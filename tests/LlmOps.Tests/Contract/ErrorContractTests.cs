using System.Management.Automation;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using LlmOps.Providers;

namespace LlmOps.Tests.Contract;

/// <summary>Every failure has an id of its own, a category, and a way out.</summary>
public sealed partial class ErrorContractTests
{
    private static readonly IReadOnlyList<(MethodInfo Factory, LlmOpsException Failure)> Failures =
    [
        .. new[] { typeof(LlmOpsException).Assembly, typeof(Infrastructure.AsyncCmdlet).Assembly }.SelectMany(assembly => assembly.GetTypes())
            .Where(type => type is { IsAbstract: true, IsSealed: true } && type.Name.EndsWith("Errors", StringComparison.Ordinal))
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Where(method => typeof(LlmOpsException).IsAssignableFrom(method.ReturnType))
            .Select(method => (method, (LlmOpsException)method.Invoke(null, [.. method.GetParameters().Select(Sample)])!)),
    ];

    private static GpuProviderInfo Provider => new()
    {
        Name = "sample",
        Address = new Uri("http://sample/"),
        Console = new Uri("http://sample/"),
        KeyPage = new Uri("http://sample/"),
        KeyVariables = ["SAMPLE"],
        KeyFiles = [],
        Capabilities = ProviderCapabilities.None,
        MaxNameLength = 17,
        PollInterval = default,
        ReadyTimeout = default,
        ListingLag = default,
    };

    [Fact]
    public void No_two_failures_have_the_same_id()
    {
        var shared = Failures.GroupBy(item => item.Failure.ErrorId).Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(item => Name(item.Factory)))}");
        Assert.Empty(shared);
    }

    [Fact]
    public void An_id_is_in_PascalCase() => Assert.Empty(Failures.Where(item => !PascalCase().IsMatch(item.Failure.ErrorId)).Select(item => Name(item.Factory)));

    [Fact]
    public void A_failure_says_what_to_do() => Assert.Empty(Failures.Where(item => item.Failure.RecommendedAction.Length < 10).Select(item => Name(item.Factory)));

    [Fact]
    public void A_failure_names_what_it_is_about() =>
        Assert.Empty(Failures.Where(item => item.Factory.GetParameters().Any(parameter => parameter.ParameterType == typeof(string))
                && !item.Failure.Message.Contains("sample", StringComparison.OrdinalIgnoreCase) && !item.Failure.Message.Contains("17", StringComparison.Ordinal))
            .Select(item => Name(item.Factory)));

    [Fact]
    public void A_sentence_begins_with_a_capital_or_a_value_and_ends()
    {
        // After a colon stands a command to paste, which no full stop may follow.
        var broken = Failures.Where(item => (item.Failure.RecommendedAction is not [.., '.' or '`' or ')' or '\'' or '?'] && !item.Failure.RecommendedAction.Contains(": ", StringComparison.Ordinal)) || char.IsLower(item.Failure.RecommendedAction[0]))
            .Select(item => $"{Name(item.Factory)}: {item.Failure.RecommendedAction}");
        Assert.Empty(broken);
    }

    [Fact]
    public void Every_sort_of_failure_is_a_category_of_PowerShell() =>
        Assert.Empty(Enum.GetNames<ErrorKind>().Except(Enum.GetNames<ErrorCategory>()));

    private static string Name(MethodInfo factory) => $"{factory.DeclaringType!.Name}.{factory.Name}";

    private static object? Sample(ParameterInfo parameter) => Sample(Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType, parameter.Name!);

    private static object? Sample(Type type, string name)
    {
        if (type == typeof(string)) return $"Sample {name}.";
        if (type == typeof(LlmOpsException)) return new LlmOpsException("Sample", ErrorKind.InvalidResult, "Sample.", "Sample action.");
        if (type == typeof(Uri)) return new Uri("http://sample/");
        if (type == typeof(GpuProviderInfo)) return Provider;
        if (type == typeof(System.Net.IPAddress)) return System.Net.IPAddress.Loopback;
        if (type.IsAssignableFrom(typeof(List<string>))) return new List<string> { "sample" };
        if (type.IsAssignableFrom(typeof(string[]))) return new[] { "sample" };
        if (typeof(Exception).IsAssignableFrom(type)) return type == typeof(Exception) ? new InvalidOperationException("sample") : RuntimeHelpers.GetUninitializedObject(type);
        if (type == typeof(int) || type == typeof(long) || type == typeof(double)) return Convert.ChangeType(17, type, null);
        if (type.IsArray) return Array.CreateInstance(type.GetElementType()!, 0);
        if (type is { IsInterface: true, IsGenericType: true } && type.GetGenericArguments()[0] is var item)
        {
            var items = Array.CreateInstance(item, 1);
            if (item.Assembly == typeof(LlmOpsException).Assembly && item.IsClass) items.SetValue(SampleObject(item), 0);
            return items;
        }

        return type.IsInterface || type.IsAbstract ? null : type.IsValueType ? Activator.CreateInstance(type) : SampleObject(type);
    }

    /// <summary>An object of ours with every text in it a sample.</summary>
    private static object SampleObject(Type type)
    {
        var sample = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public).Where(field => !field.IsInitOnly || field.FieldType == typeof(string)))
            if (field.FieldType == typeof(string)) field.SetValue(sample, "sample");
        return sample;
    }

    [GeneratedRegex("^[A-Z][A-Za-z0-9]+$")]
    private static partial Regex PascalCase();
}
