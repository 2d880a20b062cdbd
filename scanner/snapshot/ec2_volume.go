package snapshot

// InstanceVolume is an EBS volume as DescribeInstances shows it at its instance.
type InstanceVolume struct{ Device, Volume string }
