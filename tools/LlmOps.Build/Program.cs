using LlmOps.Build;

var isQuick = args.Contains("--quick");
var (task, rest) = args.Where(argument => argument != "--quick").ToArray() is [var first, .. var others] ? (first, others) : ("build", Array.Empty<string>());
Console.CancelKeyPress += (_, press) => press.Cancel = true; // the program that was started gets it too, and decides
try
{
    switch (task)
    {
        case "build":
            ModuleBuild.Run(isQuick);
            return 0;
        case "test":
            ModuleBuild.Run(isQuick);
            return TestRun.Run(rest);
        case "quickstart":
            ModuleBuild.Run(isQuick);
            return Quickstart.Run(rest);
        case "analyze":
            return Analysis.Run();
        case "package":
            ModuleBuild.Run();
            Packaging.Run();
            return 0;
        case "clean":
            Clean.Run();
            return 0;
        default:
            Console.Error.WriteLine($"""
                There is no task '{task}'.
                build               the module, ready for Import-Module ./LlmOps.psd1
                test [arguments]    build, and run every test; arguments go to dotnet test, such as --filter RigStore
                quickstart [args]   build, and run examples/quickstart.ps1
                analyze             style and analyzers, and PSScriptAnalyzer where it is installed
                package             build, and make out/LlmOps/<version> and out/LlmOps.<version>.nupkg
                clean               remove what the tasks have made
                --quick             with build, test and quickstart: programs for this machine alone, neither trimmed nor compiled ahead of time
                """);
            return 64;
    }
}
catch (BuildFailure failure)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}
