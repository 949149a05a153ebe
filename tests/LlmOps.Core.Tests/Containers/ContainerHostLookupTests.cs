using System.Net;
using System.Text.Json;
using LlmOps.Containers;

namespace LlmOps.Core.Tests.Containers;

/// <summary>Where the containers of each sort of engine find this machine. What Docker Desktop, rootless engines and machines say is as their documentation has it; none of them was run.</summary>
public sealed class ContainerHostLookupTests
{
    private const string Local = "unix:///var/run/docker.sock";
    private const string Plain = """{"OperatingSystem":"Ubuntu 24.04.1 LTS","SecurityOptions":["name=apparmor","name=seccomp,profile=builtin"]}""";
    private const string Rootless = """{"OperatingSystem":"Ubuntu 24.04.1 LTS","SecurityOptions":["name=seccomp,profile=builtin","name=rootless","name=cgroupns"]}""";
    private const string Moby = """{"Server":{"Components":[{"Name":"Engine"},{"Name":"containerd"}]}}""";
    private const string Podman = """{"Server":{"Components":[{"Name":"Podman Engine"},{"Name":"Conmon"}]}}""";
    private const string Bridge = """[{"Subnet":"fd00::/80","Gateway":"fd00::1"},{"Subnet":"172.17.0.0/16","Gateway":"172.17.0.1"}]""";

    [Fact]
    public void Docker_with_root_is_met_on_its_bridge()
    {
        var host = Docker(Plain, Moby);
        Assert.Equal(("172.17.0.1", IPAddress.Parse("172.17.0.1"), (string?)null), (host.Host, host.Bridge, host.NetworkTo(1)));
        Assert.Equal("http://172.17.0.1:4000/v1", host.UriOf(4000).AbsoluteUri);
    }

    [Fact]
    public void Docker_Desktop_brings_what_is_meant_for_this_machine_to_its_loopback()
    {
        var host = Docker("""{"OperatingSystem":"Docker Desktop"}""", Moby);
        Assert.Equal(("host.docker.internal", (IPAddress?)null, IPAddress.Loopback), (host.Host, host.Bridge, host.ListenAddress));
        Assert.Equal("host.docker.internal", Docker(Plain, Moby, isLinux: false).Host);
    }

    [Theory]
    [InlineData(Local, Rootless, Moby, Bridge, true, "rootless")]
    [InlineData(Local, Rootless, Podman, Bridge, true, "rootless Podman")]
    [InlineData(Local, Plain, Moby, Bridge, false, "172.17.0.1, is no address of this machine")]
    [InlineData(Local, Plain, Moby, "[]", true, "no gateway")]
    [InlineData("ssh://builder@far.example", Plain, Moby, Bridge, true, "ssh://builder@far.example")]
    [InlineData("tcp://10.0.0.7:2376", Plain, Moby, Bridge, true, "another machine")]
    public void Where_it_can_not_be_the_reason_is_said(string endpoint, string info, string version, string bridge, bool isHere, string reason)
    {
        var failure = Assert.Throws<LlmOpsException>(() => ContainerHostLookup.Decide(DockerFacts.Read(endpoint, Parse(info), Parse(version), Parse(bridge)), isLinux: true, _ => isHere));
        Assert.Equal("ContainerHostUnreachable", failure.ErrorId);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bridge_that_Podman_has_not_made_yet_will_do() => Assert.NotNull(Docker(Plain, Podman, isHere: false).Bridge);

    [Theory]
    [InlineData("""{"host":{"serviceIsRemote":false,"security":{"rootless":false}},"version":{"Version":"4.3.1"}}""", true, "10.88.0.1", "10.88.0.1", null)]
    [InlineData("""{"host":{"serviceIsRemote":false,"security":{"rootless":true}},"version":{"Version":"4.3.1"}}""", true, "10.0.2.2", null, "slirp4netns:allow_host_loopback=true")]
    [InlineData("""{"host":{"serviceIsRemote":false,"security":{"rootless":true}},"version":{"Version":"5.2.0"}}""", true, "127.0.0.1", null, "pasta:-T,4000")]
    [InlineData("""{"host":{"serviceIsRemote":false,"security":{"rootless":true},"rootlessNetworkCmd":"slirp4netns"},"version":{"Version":"5.4.0"}}""", true, "10.0.2.2", null, "slirp4netns:allow_host_loopback=true")]
    [InlineData("""{"host":{"serviceIsRemote":true,"security":{"rootless":true}},"version":{"Version":"5.2.0"}}""", false, "host.containers.internal", null, null)]
    public void Podman_is_met_where_its_network_leads(string info, bool isLinux, string name, string? bridge, string? network)
    {
        var host = ContainerHostLookup.Decide(PodmanFacts.Read(Parse(info), Parse("""[{"subnets":[{"subnet":"10.88.0.0/16","gateway":"10.88.0.1"}]}]""")), isLinux);
        Assert.Equal((name, bridge, network), (host.Host, host.Bridge?.ToString(), host.NetworkTo(4000)));
    }

    [Fact]
    public void A_Podman_of_another_machine_is_refused()
    {
        var facts = PodmanFacts.Read(Parse("""{"host":{"serviceIsRemote":true}}"""), Parse("[]"));
        Assert.Equal("ContainerHostUnreachable", Assert.Throws<LlmOpsException>(() => ContainerHostLookup.Decide(facts, isLinux: true)).ErrorId);
    }

    [Fact]
    public void Answers_of_any_shape_are_read_without_harm()
    {
        var random = new Random(5);
        string[] parts = ["{", "}", "[", "]", "\"Gateway\"", ":", "\"host\"", "\"security\"", ",", "null", "7", "\"subnets\"", "\"Components\"", "\"Server\"", "true", "\"name=rootless\""];
        for (var round = 0; round < 20_000; round++)
        {
            try
            {
                var answer = Parse(string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => parts[random.Next(parts.Length)])));
                DockerFacts.Read("", answer, answer, answer);
                PodmanFacts.Read(answer, answer);
                ContainerImage.Read(answer);
            }
            catch (JsonException)
            {
            }
        }
    }

    private static ContainerHostAddress Docker(string info, string version, bool isLinux = true, bool isHere = true) =>
        ContainerHostLookup.Decide(DockerFacts.Read(Local, Parse(info), Parse(version), Parse(Bridge)), isLinux, _ => isHere);

    private static JsonElement Parse(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
