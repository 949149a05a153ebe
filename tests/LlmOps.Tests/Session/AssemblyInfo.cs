// Sessions set environment variables of the process, so one test runs at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
