package ec2

import (
	"github.com/aws/aws-sdk-go-v2/aws"

	"onus/scanner/snapshot"
)

// place is where in its Region a resource lies.
func place(zone, outpost *string) snapshot.Place {
	return snapshot.Place{Zone: aws.ToString(zone), Outpost: aws.ToString(outpost)}
}
