package reach

import "fmt"

// Whether an exclusion is in force. The words in between mean that either may hold.
// Source: EC2 VpcBlockPublicAccessExclusion.State.
var exclusionInForce = map[string]State{
	"create-complete": Open, "update-complete": Open, "update-failed": Open,
	"create-failed": Closed, "delete-complete": Closed, "disable-complete": Closed,
}

// blockPublicAccess is the link for what comes in through an internet gateway. It does
// not show in the path where it is off.
//
// An exclusion allow-bidirectional of the VPC or of the subnet lets traffic in; one that
// is allow-egress does not. AWS does not document which holds when the VPC's allows both
// ways and the subnet's egress only, so that case cannot be told.
func (x *Index) blockPublicAccess(subnet *Subnet, vpcID, subnetID string) link {
	const id = "VPC Block Public Access"
	modes := x.net.BlockPublicAccess
	switch {
	case subnet == nil:
		return unread(id, x.net.Subnets.missing("the owner of "+subnetID))
	case subnet.SharedIn:
		return unread(id, "VPC Block Public Access of the account that owns "+subnetID)
	case len(modes.Items) == 0:
		return unread(id, modes.missing("the mode of VPC Block Public Access"))
	}
	bpa := modes.Items[0]
	switch {
	case bpa.State == "update-in-progress":
		return unread(id, fmt.Sprintf("a mode of VPC Block Public Access in force (update to %q in progress)", bpa.Mode))
	case bpa.Mode == "off":
		return nothingInTheWay()
	case bpa.Mode != "block-ingress" && bpa.Mode != "block-bidirectional":
		return unread(id, fmt.Sprintf("the meaning of VPC Block Public Access mode %q", bpa.Mode))
	}
	vpc, subnetWide := x.exclusion(vpcID), x.exclusion(subnetID)
	switch {
	case subnetWide.both == Open:
		return passing(subnetWide.id, "excludes the subnet from "+id)
	case vpc.both == Open && subnetWide.egress == Closed:
		return passing(vpc.id, "excludes the VPC from "+id)
	case vpc.both == Closed && subnetWide.both == Closed:
		return closed(id, "whose mode is "+bpa.Mode)
	}
	return unread(id, x.net.Exclusions.missing(fmt.Sprintf("which exclusion from VPC Block Public Access holds for %s in %s", subnetID, vpcID)))
}

// exclusions of one resource: is there one in force that lets traffic in (both), and one
// that does not (egress)? Open is yes, Closed is no.
type exclusions struct {
	id           string
	both, egress State
}

func (x *Index) exclusion(resource string) exclusions {
	out := exclusions{both: Closed, egress: Closed}
	if !x.net.Exclusions.Complete {
		out.both, out.egress = CannotTell, CannotTell
	}
	for _, e := range x.net.Exclusions.Items {
		state := exclusionInForce[e.State]
		if e.Resource != resource || state == Closed {
			continue
		}
		switch e.Mode {
		case "allow-bidirectional":
			out.both = firmer(out.both, state)
			if state == Open {
				out.id = e.ID
			}
		case "allow-egress":
			out.egress = firmer(out.egress, state)
		default:
			out.both, out.egress = firmer(out.both, CannotTell), firmer(out.egress, CannotTell)
		}
	}
	return out
}

// firmer joins what two exclusions say: one that surely holds decides.
func firmer(a, b State) State {
	if a == Open || b == Open {
		return Open
	}
	return CannotTell
}
