package snapshot

import (
	"cmp"
	"slices"
)

// Copies is what was read of images and snapshots beside their lists: those that were
// deleted and can be restored, and what of them was stored or exported. The key pairs are
// here too.
type Copies struct {
	RecycledSnapshots []Recycled
	RecycledImages    []Recycled
	Exports           []ImageExport
	KeyPairs          []KeyPair
}

// And joins what was read of two Regions.
func (c Copies) And(o Copies) Copies {
	return Copies{
		RecycledSnapshots: slices.Concat(c.RecycledSnapshots, o.RecycledSnapshots),
		RecycledImages:    slices.Concat(c.RecycledImages, o.RecycledImages),
		Exports:           slices.Concat(c.Exports, o.Exports),
		KeyPairs:          slices.Concat(c.KeyPairs, o.KeyPairs),
	}
}

// Recycled is an EBS snapshot or an image in the Recycle Bin, from which it can be restored.
// Source: EC2 ListSnapshotsInRecycleBin and ListImagesInRecycleBin.
type Recycled struct {
	Meta
	ID          string
	Description string // free text
	Volume      string // VolumeId; "" for an image
}

// ImageExport is a task that writes an image or an instance to a bucket.
// Source: EC2 DescribeStoreImageTasks of the last 31 days, DescribeExportImageTasks and
// DescribeExportTasks.
type ImageExport struct {
	Meta
	ID     string
	Kind   string // StoreTask, ImageTask or InstanceTask
	What   string // the image's id, or the instance's
	Bucket string
	State  string // StoreTaskState, Status or State
}

// The kinds of ImageExport.
const (
	StoreTask    = "store image task"
	ImageTask    = "export image task"
	InstanceTask = "export instance task"
)

// KeyPair is a key pair of the Region. Source: EC2 DescribeKeyPairs.
type KeyPair struct {
	Meta
	ID string
}

// copyKind is a kind of Copies, which lies in Regions.
func copyKind[T any](kind string, all func(*Copies) []T, meta func(T) Meta, key func(T) string, lists ...string) Kind[T] {
	return Kind[T]{
		Type:  kind,
		All:   func(a *Account) []T { return all(&a.EC2.Copies) },
		Meta:  meta,
		ID:    func(v T) string { return meta(v).ARN },
		Key:   key,
		Lists: lists,
	}
}

// Kinds of Copies.
var (
	RecycledSnapshots = copyKind("ebs snapshot in the recycle bin", func(c *Copies) []Recycled { return c.RecycledSnapshots }, func(v Recycled) Meta { return v.Meta }, func(v Recycled) string { return v.ID }, "ec2:ListSnapshotsInRecycleBin")
	RecycledImages    = copyKind("ami in the recycle bin", func(c *Copies) []Recycled { return c.RecycledImages }, func(v Recycled) Meta { return v.Meta }, func(v Recycled) string { return v.ID }, "ec2:ListImagesInRecycleBin")
	KeyPairs          = copyKind("key pair", func(c *Copies) []KeyPair { return c.KeyPairs }, func(v KeyPair) Meta { return v.Meta }, func(v KeyPair) string { return v.ID }, "ec2:DescribeKeyPairs")
)

// ImageExports are the tasks that store or export images and instances. AWS defines no ARN
// for the store tasks: their id names image, bucket and start.
var ImageExports = Kind[ImageExport]{
	Type:  "export task",
	All:   func(a *Account) []ImageExport { return a.EC2.Copies.Exports },
	Meta:  func(e ImageExport) Meta { return e.Meta },
	ID:    func(e ImageExport) string { return cmp.Or(e.ARN, e.ID) },
	Key:   func(e ImageExport) string { return e.ID },
	Lists: []string{"ec2:DescribeStoreImageTasks", "ec2:DescribeExportImageTasks", "ec2:DescribeExportTasks"},
}
