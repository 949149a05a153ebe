namespace LlmOps.Build;

/// <summary>Removes what the tasks have made. The build program itself stays.</summary>
internal static class Clean
{
    public static void Run()
    {
        string[] products = [Checkout.Out, Checkout.ModuleBin, Checkout.PathOf("en-US")];
        var outputs = new[] { "src", "tests" }.SelectMany(part => Directory.EnumerateDirectories(Checkout.PathOf(part)))
            .SelectMany(project => new[] { Path.Join(project, "bin"), Path.Join(project, "obj") });
        foreach (var folder in products.Concat(outputs).Where(Directory.Exists)) Directory.Delete(folder, recursive: true);
    }
}
