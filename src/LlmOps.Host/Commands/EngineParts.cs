using System.Management.Automation;
using System.Reflection;

namespace LlmOps.Host.Commands;

/// <summary>
/// Parts of the engine that PowerShell's own utility module uses and the engine does not show: the formatter behind Format-Table and
/// Out-String, and the exception that ends a pipeline from downstream. Without them this program would need a formatter of its own.
/// </summary>
internal static class EngineParts
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
    private const string Format = "Microsoft.PowerShell.Commands.Internal.Format.";

    /// <summary>Gives a formatting cmdlet its shape.</summary>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="shape"><c>Table</c> or <c>List</c>.</param>
    public static void Shape(Cmdlet cmdlet, string shape) => Implement(cmdlet, Make(Format + "InnerFormatShapeCommand", Enum.Parse(Type(Format + "FormatShape"), shape)));

    /// <summary>Makes a cmdlet format its input onto a writer.</summary>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="writer">The writer.</param>
    /// <param name="width">How many columns there are.</param>
    public static void WriteTo(Cmdlet cmdlet, TextWriter writer, int width)
    {
        var output = Make(Format + "OutputManagerInner");
        var lines = Make(Format + "TextWriterLineOutput", writer, width);
        output.GetType().GetProperty("LineOutput", Any)!.SetValue(output, lines);
        Implement(cmdlet, output);
    }

    /// <summary>The exception that ends the commands upstream as Select-Object -First does.</summary>
    /// <param name="cmdlet">The cmdlet that has enough.</param>
    public static Exception EndUpstream(Cmdlet cmdlet) => (Exception)Make("System.Management.Automation.StopUpstreamCommandsException", cmdlet);

    private static void Implement(Cmdlet cmdlet, object part)
    {
        var type = cmdlet.GetType();
        while (type.GetField("implementation", Any) is null) type = type.BaseType!;
        type.GetField("implementation", Any)!.SetValue(cmdlet, part);
    }

    private static object Make(string name, params object[] arguments) => Activator.CreateInstance(Type(name), Any, null, arguments, null)!;

    private static Type Type(string name) => typeof(PSObject).Assembly.GetType(name, throwOnError: true)!;
}
