package snapshot

// Place is where in a Region a resource lies. A Local Zone or Wavelength Zone may stand in
// another country than its Region; an Outpost stands where its owner put it.
type Place struct {
	Zone    string // AvailabilityZone, a name; "" for what lies in the Region as a whole
	Outpost string // OutpostArn; "" in the Region itself
}
