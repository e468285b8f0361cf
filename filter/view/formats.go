package view

// A format is how a CI system or a log collector keeps a log: what it writes in
// front of a line, and what else of its own stands in it. Colours, carriage
// returns and the sequences that escape.go knows are seen through without a format.
type format struct {
	system string // its name, for people
	source string // where its maker says so, or the code that writes it
	// layouts are what stands in front of a line; nil: nothing does. {name} is a
	// field (fields.go), any other text is itself. The longest that fits is
	// taken, so that their order does not matter. A space at the end may be
	// missing at the end of a line, since some editors cut it.
	layouts []string
	samples []seenThrough
}

// A seenThrough is a line as a system keeps it, and what the run had written.
type seenThrough struct{ line, text string }

// formats are those that are known. What is not in here, and why, says
// docs/reference/ci-logs.md.
var formats = []format{
	{"GitHub Actions: a job's raw log, and the files of its zip",
		"https://docs.github.com/en/actions/how-tos/monitor-workflows/use-workflow-run-logs",
		[]string{"{time} "},
		[]seenThrough{
			{"\ufeff2026-11-24T03:59:21.1234567Z ##[group]Run pyinfra -y @orbstack deploy.py\n", "##[group]Run pyinfra -y @orbstack deploy.py"},
			{"2026-11-24T03:59:23.0000000Z     [vm-01] Connected\n", "    [vm-01] Connected"},
			{"2026-11-24T03:59:23.5000000Z \n", ""},
		}},
	{"GitHub Actions: gh run view --log",
		"https://cli.github.com/manual/gh_run_view",
		[]string{"{job}\t{step}\t{bom}{time} "},
		[]seenThrough{
			{"deploy (3.12)\tRun pyinfra\t\ufeff2026-11-24T03:59:21.1234567Z --> Connecting to hosts...\n", "--> Connecting to hosts..."},
			{"deploy (3.12)\tRun pyinfra\t2026-11-24T03:59:23.0000000Z     [vm-01] Connected\n", "    [vm-01] Connected"},
			{"deploy\tUNKNOWN STEP\t2026-11-24T03:59:23.5000000Z AssertionError: \n", "AssertionError: "},
		}},
	{"GitLab CI/CD: sections",
		"https://docs.gitlab.com/ci/jobs/job_logs/#custom-collapsible-sections",
		nil,
		[]seenThrough{
			{"\x1b[0Ksection_start:1795492761:deploy[collapsed=true]\r\x1b[0K--> Connecting to hosts...\n", "--> Connecting to hosts..."},
			{"section_end:1795492790:step_script\r\x1b[0K\x1b[32;1mJob succeeded\x1b[0;m\n", "Job succeeded"},
		}},
	// A line goes on behind "+", if a CR or 8 KiB without a line feed came before;
	// the runner's helpers/trace and its timestamper write it.
	{"GitLab CI/CD: FF_TIMESTAMPS",
		"https://docs.gitlab.com/ci/jobs/job_logs/#job-log-timestamps",
		[]string{"{time} {stream}"},
		[]seenThrough{
			{"2026-11-24T03:59:21.123456Z 00O --> Connecting to hosts...\n", "--> Connecting to hosts..."},
			{"2026-11-24T03:59:22.000001Z 01E Traceback (most recent call last):\n", "Traceback (most recent call last):"},
			{"2026-11-24T03:59:23.000000Z 01E+\x1b[K    [vm-01] Connected\r\n", "    [vm-01] Connected"},
		}},
	{"Azure Pipelines",
		"https://learn.microsoft.com/en-us/azure/devops/pipelines/troubleshooting/review-logs",
		[]string{"{time} "},
		[]seenThrough{
			{"\ufeff2026-11-24T03:59:20.1000000Z ##[section]Starting: Run pyinfra\r\n", "##[section]Starting: Run pyinfra"},
			{"2026-11-24T03:59:21.1234567Z --> Connecting to hosts...\r\n", "--> Connecting to hosts..."},
		}},
	// An application program command (APC) at the start of each line, behind each
	// "erase in line", and where a line is slow; older agents' --timestamp-lines.
	{"Buildkite",
		"https://github.com/buildkite/agent/blob/main/process/timestamper.go",
		[]string{"[{time}] "},
		[]seenThrough{
			{"\x1b_bk;t=1795492761123\x07~~~ Running commands\n", "~~~ Running commands"},
			{"\x1b_bk;t=1795492761123\x07    - 0% (0/3)\r\x1b[K\x1b_bk;t=1795492761456\x07    [vm-01] Connected\r\n", "    [vm-01] Connected"},
			{"\x1b_bk;t=1795492761456\x07Exception \x1b_bk;t=1795492763456\x07ignored\n", "Exception ignored"},
			{"[2026-11-24T03:59:21Z] --> Connecting to hosts...\n", "--> Connecting to hosts..."},
		}},
	{"CircleCI",
		"https://circleci.com/docs/api/v1/index.html",
		nil,
		[]seenThrough{{"\x1b[34m--> Starting operation:\x1b[0m \x1b[1mSay hi\x1b[0m \r\n", "--> Starting operation: Say hi "}}},
	// Two spaces; "[branch] " of a parallel pipeline is not here, see branch.go.
	{"Jenkins: Timestamper",
		"https://plugins.jenkins.io/timestamper/",
		[]string{"{clock}  ", "[{time}] "},
		[]seenThrough{
			{"12:34:56  --> Connecting to hosts...\n", "--> Connecting to hosts..."},
			{"12:34:56.789      [vm-01] Connected\n", "    [vm-01] Connected"},
			{"[2026-11-24T03:59:21.123Z]     [vm-01] Connected\n", "    [vm-01] Connected"},
		}},
	{"Jenkins: console notes in the log file",
		"https://github.com/jenkinsci/jenkins/blob/master/core/src/main/java/hudson/console/ConsoleNote.java",
		nil,
		[]seenThrough{
			{"\x1b[8mha:////4H+H6gi+RzqRXgbuxDkiDNvJYq3pMCu17+YXxGOB+mHbAAAAlx+LCAAAAAAAAP9b85aBtbiIQTGjNKU4P08vOT+v\x1b[0m[Pipeline] sh\n", "[Pipeline] sh"},
			{"Started by user \x1b[8mha:////4NwKqwsAl8kRkuJl=\x1b[0madmin\n", "Started by user admin"},
		}},
	{"Travis CI",
		"https://docs.travis-ci.com/user/common-build-problems/",
		nil,
		[]seenThrough{
			{"travis_fold:start:deploy\r\x1b[0Ktravis_time:start:0b1c2d3e\r\x1b[0K$ pyinfra -y @orbstack deploy.py\r\n", "$ pyinfra -y @orbstack deploy.py"},
			{"travis_time:end:0b1c2d3e:start=1795492761000000000,finish=1795492790000000000,duration=29000000000\r\x1b[0K--> Results:\r\n", "--> Results:"},
		}},
	{"TeamCity",
		"https://www.jetbrains.com/help/teamcity/build-log.html",
		[]string{"[{clock}]{status}: ", "[{clock}]{status}:{tabs} [{flow}] "},
		[]seenThrough{
			{"[03:59:20]i: TeamCity server version is 2026.1\n", "TeamCity server version is 2026.1"},
			{"[03:59:21] :\t [Step 1/3] --> Connecting to hosts...\n", "--> Connecting to hosts..."},
			{"[03:59:22]W:\t [Step 1/3]     [vm-01] Connected\n", "    [vm-01] Connected"},
		}},
	{"Docker Compose",
		"https://docs.docker.com/reference/cli/docker/compose/logs/",
		[]string{"{service}{pad}| ", "{time} "},
		[]seenThrough{
			{"web-1  | --> Connecting to hosts...\n", "--> Connecting to hosts..."},
			{"deploy_web_1  |     [vm-01] Connected\n", "    [vm-01] Connected"},
			{"\x1b[36mweb-1  | \x1b[0m    [vm-01] Connected\n", "    [vm-01] Connected"},
			{"\x1b[33mweb_1    |\x1b[0m     [vm-01] Connected\n", "    [vm-01] Connected"},
			{"web-1     | 2026-11-24T03:59:21.123456789Z     [vm-01] Connected\n", "    [vm-01] Connected"},
		}},
	{"kubectl logs --prefix --timestamps",
		"https://kubernetes.io/docs/reference/kubectl/generated/kubectl_logs/",
		[]string{"[pod/{pod}/{container}] ", "{time} "},
		[]seenThrough{
			{"[pod/deploy-7d4b9c-x2x/pyinfra] --> Connecting to hosts...\n", "--> Connecting to hosts..."},
			{"[pod/deploy-7d4b9c-x2x/pyinfra] 2026-11-24T03:59:21.123456789Z     [vm-01] Connected\n", "    [vm-01] Connected"},
			{"2026-11-24T04:59:21.123456789+01:00     [vm-01] Connected\n", "    [vm-01] Connected"},
		}},
	{"journalctl: short, -iso, -precise, -full, -monotonic, -unix, -delta",
		"https://www.freedesktop.org/software/systemd/man/latest/journalctl.html#--output=",
		[]string{"{date} {host} {tag}: ", "{offset} {host} {tag}: ", "{day} {time} {zone} {host} {tag}: ", "[{seconds}] {host} {tag}: ",
			"[{seconds} <{seconds} >] {host} {tag}: ", "{unix} {host} {tag}: "},
		[]seenThrough{
			{"Nov 24 03:59:21 ci-01 pyinfra[123]: --> Connecting to hosts...\n", "--> Connecting to hosts..."},
			{"Nov 24 03:59:21.123456 ci-01 pyinfra:     [vm-01] Connected\n", "    [vm-01] Connected"},
			{"2026-11-24T03:59:21+0000 ci-01 pyinfra[123]:     [vm-01] Connected\n", "    [vm-01] Connected"},
			{"2026-11-24T03:59:21.123456+00:00 ci-01 pyinfra:     [vm-01] Connected\n", "    [vm-01] Connected"},
			{"Tue 2026-11-24 03:59:21 UTC ci-01 pyinfra[123]:     [vm-01] Connected\n", "    [vm-01] Connected"},
			{"[ 1234.567890] ci-01 pyinfra[123]:     [vm-01] Connected\n", "    [vm-01] Connected"},
			{"[ 1234.567890 <    0.000123 >] ci-01 pyinfra[123]:     [vm-01] Connected\n", "    [vm-01] Connected"},
			{"1795492761.123456 ci-01 pyinfra[123]:     [vm-01] Connected\n", "    [vm-01] Connected"},
		}},
	{"syslog: RFC 3164 and 5424",
		"https://www.rfc-editor.org/rfc/rfc5424#section-6",
		[]string{"<{priority}>{date} {host} {tag}: ", "<{priority}>1 {time} {host} {app} {word} {word} {data} {bom}"},
		[]seenThrough{
			{"<13>Nov 24 03:59:21 ci-01 pyinfra[123]:     [vm-01] Connected\n", "    [vm-01] Connected"},
			{"<13>1 2026-11-24T03:59:21.123456Z ci-01 pyinfra 123 - - --> Connecting to hosts...\n", "--> Connecting to hosts..."},
			{"<13>1 2026-11-24T03:59:21.123456+01:00 ci-01 pyinfra 123 ID47 [origin ip=\"192.0.2.1\"][x a=\"\\]\"] \ufeff    [vm-01] Connected\n", "    [vm-01] Connected"},
		}},
	// A control character is written as "#" and its octal number. The zone is that of
	// whoever sent the line, and Z where that one wrote Z: formatTimestamp3339 in
	// https://github.com/rsyslog/rsyslog/blob/main/runtime/datetime.c.
	{"rsyslog: files",
		"https://www.rsyslog.com/doc/reference/templates/templates-reserved-names.html",
		[]string{"{date} {host} {tag}: ", "{offset} {host} {tag}: ", "{time} {host} {process}: "},
		[]seenThrough{
			{"Nov  4 03:59:21 ci-01 pyinfra[123]: --> Connecting to hosts...\n", "--> Connecting to hosts..."},
			{"Nov  4 03:59:22 ci-01 pyinfra[123]:     [vm-01] Connected\n", "    [vm-01] Connected"},
			{"2026-11-24T03:59:21.123456+00:00 ci-01 pyinfra[123]:     [vm-01] #033[32mConnected#033[0m#015\n", "    [vm-01] Connected"},
			{"2026-11-24T03:59:21.123456+00:00 ci-01 pyinfra:     [vm-01] Connected\n", "    [vm-01] Connected"},
			{"2026-11-24T03:59:21.123456Z ci-01 pyinfra[123]:     [vm-01] Connected\n", "    [vm-01] Connected"},
		}},
	// A line is in parts beyond 16 KB: they are marked P, the last F, and stay in parts.
	{"Kubernetes: files below /var/log/pods (CRI)",
		"https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md",
		[]string{"{time} {std} {partial} "},
		[]seenThrough{
			{"2026-11-24T03:00:02.123456789Z stderr F --> Connecting to hosts...\n", "--> Connecting to hosts..."},
			{"2026-11-24T03:00:02.123456789+01:00 stdout F     [vm-01] Connected\n", "    [vm-01] Connected"},
			{"2026-11-24T03:00:02.123456789Z stderr F \n", ""},
		}},
	{"Taskcluster",
		"https://docs.taskcluster.net/docs/reference/workers/docker-worker",
		[]string{"[{who} {time}] "},
		[]seenThrough{
			{"[taskcluster 2026-11-24 03:00:01.000Z] Task ID: A4jPVHB3TrWFdSbZzPrrvg\n", "Task ID: A4jPVHB3TrWFdSbZzPrrvg"},
			{"[task 2026-11-24T03:00:02.123Z]     [vm-01] Connected\n", "    [vm-01] Connected"},
		}},
	{"Zuul",
		"https://opendev.org/zuul/zuul/src/branch/master/zuul/ansible/base/callback/zuul_stream.py",
		[]string{"{time} | {node} | "},
		[]seenThrough{
			{"2026-11-24 03:00:02.123456 | controller | --> Connecting to hosts...\n", "--> Connecting to hosts..."},
			{"2026-11-24 03:00:02.123456 | ubuntu-noble |     [vm-01] Connected\n", "    [vm-01] Connected"},
		}},
	{"BuildKit: --progress=plain",
		"https://github.com/moby/buildkit/blob/master/util/progress/progressui/printer.go",
		[]string{"#{vertex} {elapsed} "},
		[]seenThrough{
			{"#12 0.345 --> Connecting to hosts...\n", "--> Connecting to hosts..."},
			{"#12 12.34     [vm-01] Connected\n", "    [vm-01] Connected"},
		}},
	{"Heroku",
		"https://devcenter.heroku.com/articles/logging#view-logs",
		[]string{"{time} {dyno}: "},
		[]seenThrough{
			{"2026-11-24T03:00:02.123456+00:00 app[release.4242]: --> Connecting to hosts...\n", "--> Connecting to hosts..."},
			{"2026-11-24T03:00:02.123456+00:00 app[web.1]:     [vm-01] Connected\n", "    [vm-01] Connected"},
		}},
	// Its names may be any words; those of ECS, Lambda, CodeBuild and Kubernetes have slashes in
	// them and end with the number of who writes.
	{"Amazon CloudWatch Logs: aws logs tail",
		"https://docs.aws.amazon.com/cli/latest/reference/logs/tail.html",
		[]string{"{time} {logstream} "},
		[]seenThrough{
			{"2026-11-24T03:00:02.123000+00:00 deploy/pyinfra/0f1e2d3c4b5a69788796a5b4c3d2e1f0 --> Connecting to hosts...\n", "--> Connecting to hosts..."},
			{"2026-11-24T03:00:02.123000+00:00 2026/11/24/[$LATEST]0f1e2d3c4b5a69788796a5b4c3d2e1f0     [vm-01] Connected\n", "    [vm-01] Connected"},
		}},
	// Its own lines have an emoji in place of the bar.
	{"act",
		"https://github.com/nektos/act/blob/master/pkg/runner/logger.go",
		[]string{"[{workflow}/{actjob}]   | "},
		[]seenThrough{
			{"[CI/deploy]   | --> Connecting to hosts...\n", "--> Connecting to hosts..."},
			{"[CI/deploy (3.12)]   |     [vm-01] Connected\n", "    [vm-01] Connected"},
			{"\x1b[36m[CI/deploy]   | \x1b[0m    [vm-01] Connected\n", "    [vm-01] Connected"},
		}},
	{"Google Cloud Build",
		"https://cloud.google.com/build/docs/view-build-results",
		[]string{"Step #{vertex}: ", "Step #{vertex} - \"{id}\": "},
		[]seenThrough{
			{"Step #0:     [vm-00] Connected\n", "    [vm-00] Connected"},
			{"Step #1 - \"deploy\":     [vm-01] Connected\n", "    [vm-01] Connected"},
		}},
	// Only its own lines have it; that of Go's package log is the same without the word.
	{"AWS CodeBuild",
		"https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details.html",
		[]string{"[Container] {slashes} "},
		[]seenThrough{
			{"[Container] 2026/11/24 03:00:02 Running command pyinfra -y @orbstack deploy.py\n", "Running command pyinfra -y @orbstack deploy.py"},
			{"[Container] 2026/11/24 03:00:02.123456 Phase complete: BUILD State: FAILED\n", "Phase complete: BUILD State: FAILED"},
		}},
	{"Go's package log",
		"https://pkg.go.dev/log#pkg-constants",
		[]string{"{slashes} "},
		[]seenThrough{
			{"2026/11/24 03:00:02 --> Connecting to hosts...\n", "--> Connecting to hosts..."},
			{"2026/11/24 03:00:02.123456     [vm-01] Connected\n", "    [vm-01] Connected"},
		}},
	{"Woodpecker: woodpecker-cli exec",
		"https://github.com/woodpecker-ci/woodpecker/blob/main/cli/exec/line.go",
		[]string{"[{pipeline}:L{line}:{line}s] "},
		[]seenThrough{
			{"[deploy:L0:0s] --> Connecting to hosts...\n", "--> Connecting to hosts..."},
			{"[deploy:L11:2s]     [vm-01] Connected\n", "    [vm-01] Connected"},
		}},
	{"Terraform: provisioners",
		"https://developer.hashicorp.com/terraform/language/provisioners",
		[]string{"{resource} (local-exec): ", "{resource} (remote-exec): "},
		[]seenThrough{
			{"null_resource.deploy (local-exec): --> Connecting to hosts...\n", "--> Connecting to hosts..."},
			{"\x1b[0m\x1b[1mmodule.app[\"eu west\"].null_resource.deploy[0] (local-exec):\x1b[0m \x1b[0m    [vm-01] Connected\n", "    [vm-01] Connected"},
			{"terraform_data.deploy (remote-exec):     [vm-01] Connected\n", "    [vm-01] Connected"},
		}},
	{"docker service logs",
		"https://docs.docker.com/reference/cli/docker/service/logs/",
		[]string{"{task}@{node}{pad}| "},
		[]seenThrough{
			{"deploy.1.xgvrk6brv7p1mkp7tdw6zk5xs@node-2    | --> Connecting to hosts...\n", "--> Connecting to hosts..."},
			{"deploy.1.xgvrk6brv7p1mkp7tdw6zk5xs@node-2    |     [vm-01] Connected\n", "    [vm-01] Connected"},
		}},
	{"dmesg",
		"https://man7.org/linux/man-pages/man1/dmesg.1.html",
		[]string{"[{seconds}] "},
		[]seenThrough{
			{"[ 1234.567890] --> Connecting to hosts...\n", "--> Connecting to hosts..."},
			{"[12345.678901]     [vm-01] Connected\n", "    [vm-01] Connected"},
		}},
	{"ts(1)",
		"https://manpages.debian.org/stable/moreutils/ts.1.en.html",
		[]string{"{date} ", "{clock} ", "{time} ", "[{clock}] ", "{epoch} "},
		[]seenThrough{
			{"Nov 24 03:59:21     [vm-01] Connected\n", "    [vm-01] Connected"},
			{"00:00:01 --> Connecting to hosts...\n", "--> Connecting to hosts..."},
			{"00:00:01.234567     [vm-01] Connected\n", "    [vm-01] Connected"},
			{"2026-11-24 03:59:21     [vm-01] Connected\n", "    [vm-01] Connected"},
			{"[12:34:56.789] --> Connecting to hosts...\n", "--> Connecting to hosts..."},
			{"1795492761     [vm-01] Connected\n", "    [vm-01] Connected"},
			{"1795492761.123456     [vm-01] Connected\n", "    [vm-01] Connected"},
		}},
}
