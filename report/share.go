package report

import "onus/checks"

// share is one cell of the Shared Responsibility Model: what each side owes for one duty
// in one kind of service. An empty customer's part means that AWS owes it alone.
type share struct {
	duty          checks.Duty
	kind          checks.ServiceKind
	customer, aws string
}

// shares is the whole model: each duty for each kind of service, once. Sources: AWS
// "Shared Responsibility Model" (who owes what); AWS whitepaper "AWS Security Best
// Practices", section on the model for infrastructure, container and abstracted
// services (the three kinds); AWS "Data Privacy FAQ" (content). The account stands beside them as a fourth.
var shares = []share{
	{checks.RegionChoice, checks.Infrastructure, "choose the Regions in which instances, volumes and their snapshots lie", "keep stored data in the Region it was put in, and run the Region's data centres"},
	{checks.RegionChoice, checks.Container, "choose the Regions of databases, their replicas and copies of their snapshots", "keep databases and backups in the Region that was chosen"},
	{checks.RegionChoice, checks.Abstracted, "choose the Region of each bucket and where its objects are replicated", "keep objects in the bucket's Region unless the customer has them copied"},
	{checks.RegionChoice, checks.OfAccount, "enable the Regions in use only, and forbid the others", "keep Regions apart, and keep those closed that are not enabled"},

	{checks.DataEncryption, checks.Infrastructure, "have volumes, snapshots and traffic encrypted, with keys of one's choice", "offer encryption in EBS and KMS, and destroy the data on retired disks"},
	{checks.DataEncryption, checks.Container, "have databases and snapshots encrypted, and require TLS of clients", "encrypt storage, logs and backups of a database that is set so, and serve TLS"},
	{checks.DataEncryption, checks.Abstracted, "choose the keys of objects, and require TLS", "encrypt new objects at rest, and serve TLS"},
	{checks.DataEncryption, checks.OfAccount, "say who may use and manage keys, and have them rotated", "guard key material in hardware, so that nobody can take it out"},

	{checks.Backups, checks.Infrastructure, "have volumes backed up, keep the copies safe, and try to restore them", "store the snapshots durably"},
	{checks.Backups, checks.Container, "set how long backups are kept, and protect databases from deletion", "take the automated backups that are asked for, and store them durably"},
	{checks.Backups, checks.Abstracted, "keep earlier versions of objects, and copies elsewhere where they are needed", "store objects durably across several data centres"},
	{checks.Backups, checks.OfAccount, "plan backups for the account, and guard the vaults", "run the backup service, and hold to a vault's lock"},

	{checks.AccessControl, checks.Infrastructure, "say who may manage and log in to instances, and what instances may do", "keep customers' instances apart, and control its own staff's access to hosts"},
	{checks.AccessControl, checks.Container, "say who may manage databases, and which accounts exist inside them", "control access to the hosts below, and enforce policies on the API"},
	{checks.AccessControl, checks.Abstracted, "say who may read and change objects, and block public access", "enforce policies on each request"},
	{checks.AccessControl, checks.OfAccount, "guard the root user, and manage users, roles, keys and their rights", "run IAM: authenticate and authorize each request"},

	{checks.NetworkFirewall, checks.Infrastructure, "set security groups, network ACLs, routes and gateways", "keep customers' networks apart, enforce the rules, and guard the physical network"},
	{checks.NetworkFirewall, checks.Container, "choose the subnets, security groups and public reach of databases", "enforce the rules, and guard the network of the hosts"},
	{checks.NetworkFirewall, checks.Abstracted, "say from which networks and endpoints buckets can be reached", "run and guard the service's endpoints"},
	{checks.NetworkFirewall, checks.OfAccount, "", "run and guard the endpoints of IAM and of the account"},

	{checks.OSAndPlatform, checks.Infrastructure, "patch, harden and watch the guest system and all that runs on it", "patch and harden hosts and hypervisor"},
	{checks.OSAndPlatform, checks.Container, "choose engine versions and settings, and let updates in", "patch the operating system, and offer and apply updates of the engine"},
	{checks.OSAndPlatform, checks.Abstracted, "", "run, patch and harden everything below the API"},
	{checks.OSAndPlatform, checks.OfAccount, "", "run, patch and harden IAM and the account's services"},

	{checks.ClientSideEncryption, checks.Infrastructure, "encrypt in the application, before data is written, what nobody else may read, and check its integrity", "store the bytes as they come"},
	{checks.ClientSideEncryption, checks.Container, "encrypt in the application, before it reaches the database, what nobody else may read, and check its integrity", "store the bytes as they come"},
	{checks.ClientSideEncryption, checks.Abstracted, "encrypt before uploading what nobody else may read, and check its integrity", "store the bytes as they come"},
	{checks.ClientSideEncryption, checks.OfAccount, "", "hold no content of the customer in the account's settings"},

	{checks.CustomerData, checks.Infrastructure, "know which data lies on volumes, images and snapshots, with whom it is shared, and delete it in time", "neither look at the content nor use it without agreement"},
	{checks.CustomerData, checks.Container, "know which data lies in databases and snapshots, with whom it is shared, and delete it in time", "neither look at the content nor use it without agreement"},
	{checks.CustomerData, checks.Abstracted, "know which data lies in buckets, with whom it is shared, and delete it in time", "neither look at the content nor use it without agreement"},
	{checks.CustomerData, checks.OfAccount, "classify data, and say what may leave the account or be used by AWS's services", "use content only as the customer agreed"},
}
