using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using System.Xml.Linq;
using LlmOps.Infrastructure;

namespace LlmOps.Tests.Contract;

/// <summary>Every object that a cmdlet writes has a table that fits the screen.</summary>
public sealed class ViewContractTests
{
    private const int ScreenWidth = 100;

    private static readonly Type[] Numbers = [typeof(int), typeof(long), typeof(double), typeof(float), typeof(decimal)];

    private static readonly IReadOnlyList<XElement> Views = [.. XDocument.Load(Repository.FormatFile).Descendants("View")];

    private static readonly IReadOnlyList<Type> Outputs =
    [
        .. typeof(AsyncCmdlet).Assembly.GetExportedTypes().SelectMany(type => type.GetCustomAttributes<OutputTypeAttribute>())
            .SelectMany(output => output.Type).Select(output => output.Type).OfType<Type>().Where(type => type.Namespace!.StartsWith("LlmOps", StringComparison.Ordinal)).Distinct(),
    ];

    [Fact]
    public void Every_output_type_has_a_view() => Assert.Empty(Outputs.Select(type => type.FullName!).Except(Views.SelectMany(Selected)));

    [Fact]
    public void Every_view_is_of_a_type_that_is_there() =>
        Assert.Empty(Views.SelectMany(Selected).Where(name => name.StartsWith("LlmOps.", StringComparison.Ordinal) && Find(name) is null));

    [Fact]
    public void A_table_fits_a_screen_of_100_columns()
    {
        var wide = Views.Where(view => Widths(view).Sum() + Widths(view).Count - 1 > ScreenWidth).Select(view => (string?)view.Element("Name"));
        Assert.Empty(wide);
    }

    [Fact]
    public void Numbers_stand_on_the_right()
    {
        var broken = from view in Views
                     from name in Selected(view)
                     let type = Find(name)
                     where type is not null
                     let headers = view.Descendants("TableColumnHeader").ToList()
                     from column in view.Descendants("TableColumnItem").Select((item, index) => (Property: (string?)item.Element("PropertyName"), Header: headers.ElementAtOrDefault(index)))
                     where column.Property is not null && type.GetProperty(column.Property) is { } property && Numbers.Contains(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType)
                     where !"Right".Equals((string?)column.Header?.Element("Alignment"), StringComparison.OrdinalIgnoreCase)
                     select $"{name} {column.Property}";
        Assert.Empty(broken);
    }

    [Fact]
    public void A_named_property_is_one_that_the_type_has()
    {
        var broken = from view in Views
                     from name in Selected(view)
                     let type = Find(name)
                     where type is not null
                     from property in view.Descendants("PropertyName").Select(element => element.Value)
                     where type.GetProperty(property) is null
                     select $"{name} {property}";
        Assert.Empty(broken);
    }

    private static IEnumerable<string> Selected(XElement view) => view.Descendants("TypeName").Select(element => element.Value);

    private static List<int> Widths(XElement view) =>
        [.. view.Descendants("TableColumnHeader").Select(header => (string?)header.Element("Width")).OfType<string>().Select(width => int.Parse(width, CultureInfo.InvariantCulture))];

    private static Type? Find(string name) => typeof(LlmOpsException).Assembly.GetType(name) ?? typeof(AsyncCmdlet).Assembly.GetType(name);
}
