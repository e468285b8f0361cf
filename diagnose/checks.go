package diagnose

// Sections of the checks, in order.
const (
	sectionEnvironment = "Environment"
	sectionPackages    = "Packages"
	sectionSettings    = "Settings"
	sectionSSH         = "Inventory"
	sectionOrbStack    = "OrbStack"
	sectionRuns        = "Runs"
)

// before and after are the checks that do not come from rules. Ids are what
// people write into CI: they do not change.
var before = []Check{
	{"pyinfra", sectionEnvironment, "pyinfra, and what leads from it to Python", NeedsNothing, pyinfraFound},
	{"pyinfra-others", sectionEnvironment, "no second pyinfra", NeedsNothing, pyinfraOthers},
	{"python", sectionEnvironment, "the Python that runs pyinfra", NeedsEnvironment, pythonFound},

	{"package-pyinfra", sectionPackages, "pyinfra", NeedsEnvironment, packageCheck("pyinfra", Fail)},
	{"package-connector", sectionPackages, "pyinfra-orbstack", NeedsEnvironment, connector},
	{"package-gevent", sectionPackages, "gevent", NeedsEnvironment, packageCheck("gevent", Fail)},
	{"package-greenlet", sectionPackages, "greenlet", NeedsEnvironment, packageCheck("greenlet", Fail)},
	{"package-paramiko", sectionPackages, "paramiko", NeedsEnvironment, packageCheck("paramiko", Fail)},
	{"package-cryptography", sectionPackages, "cryptography", NeedsEnvironment, packageCheck("cryptography", Warn)},
	{"package-setuptools", sectionPackages, "setuptools", NeedsEnvironment, setuptools},
	{"package-copies", sectionPackages, "one copy of each package", NeedsEnvironment, copies},
	{"package-remains", sectionPackages, "nothing that is half removed", NeedsEnvironment, remains},
}

var after = []Check{
	{"env-pythonwarnings", sectionSettings, "PYTHONWARNINGS", NeedsNothing, pythonWarnings},
	{"env-pythonpath", sectionSettings, "PYTHONPATH", NeedsNothing, pythonPath},
	{"start-code", sectionSettings, "no code at the start of Python that may change what it finds", NeedsEnvironment, startCode},
	{"env-pyinfra-progress", sectionSettings, "PYINFRA_PROGRESS", NeedsNothing, pyinfraProgress},
	{"ssh-folder", sectionSettings, "~/.ssh", NeedsNothing, sshFolder},
	{"pins", sectionSettings, "no file here that holds a broken version", NeedsNothing, pinsCheck},

	{"inventory", sectionSSH, "the hosts of the inventory", NeedsNothing, inventoryFound},
	{"ssh-agent", sectionSSH, "the agent that has keys", NeedsNothing, sshAgent},
	{"ssh-keys", sectionSSH, "the keys, and whether they need a passphrase", NeedsNothing, sshKeys},
	{"ssh-known-hosts", sectionSSH, "the hosts in known_hosts", NeedsNothing, sshKnownHosts},

	{"orbstack", sectionOrbStack, "orbctl", NeedsNothing, orbFound},
	{"orbstack-version", sectionOrbStack, "its version", NeedsOrbStack, orbVersionCheck},
	{"orbstack-status", sectionOrbStack, "it is awake", NeedsOrbStack, orbStatus},
	{"orbstack-machines", sectionOrbStack, "its machines", NeedsRunning, orbMachines},
	{"orbstack-inventory", sectionOrbStack, "the machines of the inventory", NeedsRunning, orbInventory},

	{"last-run", sectionRuns, "the last run that was filtered", NeedsReport, lastRun},
}

// Checks returns all checks in the order in which they are shown: those of
// the table, and one for each rule that names versions.
func (d *Doctor) Checks() []Check {
	checks := append([]Check{}, before...)
	for r := range d.Rules.All() {
		if versioned(r) {
			checks = append(checks, ruleCheck(r))
		}
	}
	for i := range knownVersions {
		if k := &knownVersions[i]; d.Rules.Get(k.ID) == nil && k.on(d.Host.GOOS) {
			checks = append(checks, ruleCheck(&k.Rule))
		}
	}
	return append(checks, after...)
}
