using System.Management.Automation.Host;

namespace LlmOps.Host;

/// <summary>The size of the console; 120 columns where it is a file or a pipe.</summary>
internal sealed class ConsoleRawUI : PSHostRawUserInterface
{
    private static readonly Size Unknown = new(120, 50);

    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    public override Size BufferSize
    {
        get => WindowSize;
        set { }
    }

    public override Coordinates CursorPosition { get; set; }

    public override int CursorSize { get; set; } = 25;

    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.White;

    public override bool KeyAvailable => !System.Console.IsInputRedirected && System.Console.KeyAvailable;

    public override Size MaxPhysicalWindowSize => WindowSize;

    public override Size MaxWindowSize => WindowSize;

    public override Coordinates WindowPosition { get; set; }

    public override Size WindowSize
    {
        get
        {
            if (System.Console.IsOutputRedirected) return Unknown;
            try
            {
                return System.Console.WindowWidth > 0 ? new Size(System.Console.WindowWidth, System.Console.WindowHeight) : Unknown;
            }
            catch (IOException)
            {
                return Unknown;
            }
        }

        set { }
    }

    public override string WindowTitle { get; set; } = "";

    public override void FlushInputBuffer()
    {
        while (KeyAvailable) System.Console.ReadKey(intercept: true);
    }

    public override KeyInfo ReadKey(ReadKeyOptions options)
    {
        var key = System.Console.ReadKey((options & ReadKeyOptions.NoEcho) != 0);
        return new KeyInfo((int)key.Key, key.KeyChar, default, keyDown: true);
    }

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw new NotSupportedException();

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw new NotSupportedException();

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw new NotSupportedException();

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw new NotSupportedException();
}
