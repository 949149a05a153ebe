using System.Diagnostics;
using System.Globalization;

namespace LlmOps.Build;

/// <summary>One line of output for each piece of work.</summary>
internal static class Step
{
    /// <summary>Does the work and says how long it took.</summary>
    public static void Run(string name, Action work) => Run(name, () =>
    {
        work();
        return "";
    });

    /// <summary>Does the work and says what came of it.</summary>
    public static void Run(string name, Func<string> work)
    {
        Console.Write($"  {name,-28}");
        Console.Out.Flush();
        var started = Stopwatch.GetTimestamp();
        try
        {
            var result = work();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(started).TotalSeconds,6:0.0} s  {result}").TrimEnd());
        }
        catch
        {
            Console.WriteLine("failed");
            throw;
        }
    }

    /// <summary>Does the work only if what it is made of has changed since it was last done, or its result is gone.</summary>
    public static void Incremental(string name, ContentStamp stamp, string product, Action work) => Incremental(name, stamp, product, () =>
    {
        work();
        return "";
    });

    /// <summary>Does the work, and says what came of it, only if what it is made of has changed or its result is gone.</summary>
    public static void Incremental(string name, ContentStamp stamp, string product, Func<string> work)
    {
        if (stamp.IsCurrent && Path.Exists(product)) return;
        Run(name, work);
        stamp.Save();
    }
}
