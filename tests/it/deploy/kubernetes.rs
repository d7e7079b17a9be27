//! The Kubernetes manifests: that they fit together, and that the pod is restricted.

use std::process::Command;

use serde_json::{Value, json};

use super::{configuration_is_sound, parses, read, root, strings, yaml};

fn manifest(name: &str) -> Value {
    yaml(format!("deploy/kubernetes/{name}.yml"))
}

#[test]
fn the_pod_is_restricted_and_told_what_it_understands() {
    let pod = &manifest("deployment")["spec"]["template"]["spec"];
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    assert_eq!(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault");
    assert_eq!(pod["automountServiceAccountToken"], false);
    let container = &pod["containers"][0];
    let expected = json!({
        "allowPrivilegeEscalation": false,
        "readOnlyRootFilesystem": true,
        "capabilities": {"drop": ["ALL"]},
    });
    assert_eq!(container["securityContext"], expected);
    parses(&strings(&container["args"]));
    configuration_is_sound("deploy/kubernetes/wsus.toml");
    for (probe, path) in [("livenessProbe", "/-/healthy"), ("readinessProbe", "/-/ready")] {
        assert_eq!(container[probe]["httpGet"], json!({"path": path, "port": "metrics"}));
    }
}

#[test]
fn everything_points_to_what_exists() {
    let deployment = manifest("deployment");
    let labels = &deployment["spec"]["template"]["metadata"]["labels"];
    let name = "app.kubernetes.io/name";
    let selected = [
        &deployment["spec"]["selector"]["matchLabels"],
        &manifest("service")["spec"]["selector"],
        &manifest("networkpolicy")["spec"]["podSelector"]["matchLabels"],
        &manifest("podmonitor")["spec"]["selector"]["matchLabels"],
        &manifest("servicemonitor")["spec"]["selector"]["matchLabels"],
    ];
    for selector in selected {
        assert_eq!(selector, &json!({name: labels[name]}));
    }
    let service = manifest("service");
    assert_eq!(
        service["metadata"]["labels"], *labels,
        "what the ServiceMonitor selects and copies"
    );
    let port = &deployment["spec"]["template"]["spec"]["containers"][0]["ports"][0];
    assert_eq!(port["name"], service["spec"]["ports"][0]["targetPort"]);
    assert_eq!(port["containerPort"], service["spec"]["ports"][0]["port"]);
    assert_eq!(port["name"], manifest("networkpolicy")["spec"]["ingress"][0]["ports"][0]["port"]);

    let kustomization = manifest("kustomization");
    for file in strings(&kustomization["resources"]) {
        assert!(root().join("deploy/kubernetes").join(&file).exists(), "{file}");
    }
    let generated = &kustomization["configMapGenerator"][0]["name"];
    let volume = &deployment["spec"]["template"]["spec"]["volumes"][0];
    assert_eq!(&volume["configMap"]["name"], generated);
}

/// The operator sets a label `endpoint` of its own, which must not push the exporter's aside.
#[test]
fn monitors_leave_the_label_endpoint_to_the_exporter() {
    for (monitor, list) in [("servicemonitor", "endpoints"), ("podmonitor", "podMetricsEndpoints")]
    {
        let endpoint = &manifest(monitor)["spec"][list][0];
        let drop = json!([{"action": "labeldrop", "regex": "endpoint"}]);
        assert_eq!(endpoint["relabelings"], drop, "{monitor}");
    }
}

/// The shell block of the documentation that makes a `PrometheusRule` of each file.
#[test]
fn rules_become_prometheus_rules_as_documented() {
    let document = read("docs/deploying.md");
    let blocks = document.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let script = blocks.into_iter().find(|block| block.contains("PrometheusRule")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("rules.yml");
    let script = format!("set -e\n{}", script.replace("| kubectl apply -f -", "> \"$OUT\""));
    let status =
        Command::new("sh").args(["-c", &script]).current_dir(root()).env("OUT", &out).status();
    assert!(status.unwrap().success(), "{script}");
    let text = std::fs::read_to_string(out).unwrap();
    let made: Vec<Value> = serde_saphyr::from_multiple(&text).unwrap();
    let of = |name: &str| yaml(format!("dashboards/prometheus/{name}.yml"))["groups"].clone();
    let names = ["wsus-recording", "wsus-alerts"];
    assert_eq!(made.len(), names.len());
    for (made, name) in made.iter().zip(names) {
        assert_eq!(made["kind"], "PrometheusRule");
        assert_eq!((&made["metadata"]["name"], &made["spec"]["groups"]), (&name.into(), &of(name)));
    }
}
