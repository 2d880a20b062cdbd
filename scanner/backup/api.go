// Package backup reads AWS Backup: vaults, plans, recovery points and jobs; and the lifecycle policies of Data Lifecycle Manager and the rules of the Recycle Bin that protect copies beside it.
// It asks and maps; it leaves clients to scanner and judgement to checks.
package backup

// API is every call that this collector makes.
type API interface{}
