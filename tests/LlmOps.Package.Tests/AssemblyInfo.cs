// The tests share one process, and with it the load contexts and the environment that they are about.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
