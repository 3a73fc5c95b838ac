"""Words for diagnosis groups in Chinese; a group of one's own code list that has none here keeps its name."""

from __future__ import annotations

GROUPS_ZH = {
    "acute_kidney": "急性肾损伤",
    "acute_myocardial_infarction": "急性心肌梗死",
    "aids": "艾滋病/HIV感染",
    "alcohol": "酒精滥用",
    "anaemia": "贫血",
    "any_complication": "任一并发症",
    "any_malignancy": "恶性肿瘤(含淋巴瘤及白血病)",
    "arrhythmia": "心律失常",
    "arthritis_gout": "关节炎及痛风",
    "asthma": "哮喘",
    "biliary_pancreas": "胆道及胰腺疾病",
    "blood_immune_other": "其他血液及免疫疾病",
    "blood_loss_anaemia": "失血性贫血",
    "cancer": "恶性肿瘤",
    "cardiac_arrhythmia": "心律失常",
    "cardiovascular": "心血管病",
    "care_complication": "医疗并发症",
    "cerebrovascular": "脑血管病",
    "cerebrovascular_other": "其他脑血管病",
    "chronic_kidney": "慢性肾脏病",
    "chronic_pulmonary": "慢性肺病",
    "circulatory_other": "其他循环系统疾病",
    "coagulopathy": "凝血障碍",
    "congestive_heart_failure": "充血性心力衰竭",
    "copd": "慢性阻塞性肺疾病",
    "deficiency_anaemia": "营养缺乏性贫血",
    "dementia": "痴呆",
    "depression": "抑郁症",
    "diabetes": "糖尿病",
    "diabetes_complicated": "糖尿病伴并发症",
    "diabetes_uncomplicated": "糖尿病无并发症",
    "diabetes_with_complication": "糖尿病伴慢性并发症",
    "diabetes_without_complication": "糖尿病无慢性并发症",
    "dialysis_esrd": "透析及终末期肾病",
    "drugs": "药物滥用",
    "dyslipidaemia": "血脂异常",
    "endocrine_metabolic_other": "其他内分泌代谢疾病",
    "external_cause": "外因",
    "eye_ear": "眼耳疾病",
    "fluid_electrolyte": "水电解质紊乱",
    "foot_pvd": "足病及外周血管病",
    "foot_vascular": "足病及外周血管病",
    "gastrointestinal": "胃肠疾病",
    "genitourinary_other": "其他泌尿生殖疾病",
    "heart_failure": "心力衰竭",
    "hemiplegia": "偏瘫或截瘫",
    "history_status": "既往史及健康状态",
    "hypertension": "高血压",
    "hypertension_complicated": "高血压伴并发症",
    "hypertension_uncomplicated": "高血压无并发症",
    "hypoglycaemia": "低血糖",
    "hypothyroidism": "甲状腺功能减退",
    "infection_other": "其他感染",
    "injury_poisoning": "损伤及中毒",
    "ischaemic_heart": "缺血性心脏病",
    "liver": "肝病",
    "lymphoma": "淋巴瘤",
    "mental_other": "其他精神障碍",
    "metabolic": "急性代谢并发症",
    "metabolic_crisis": "急性代谢危象",
    "metastatic_cancer": "转移性肿瘤",
    "metastatic_solid_tumor": "转移性实体瘤",
    "mild_liver_disease": "轻度肝病",
    "moderate_or_severe_liver_disease": "中重度肝病",
    "musculoskeletal_other": "其他肌肉骨骼疾病",
    "myocardial_infarction": "心肌梗死",
    "neoplasm_other": "其他肿瘤",
    "nephropathy": "糖尿病肾病",
    "neurological_other": "其他神经系统疾病",
    "neuropathy": "神经病变",
    "obesity": "肥胖",
    "osteoporosis_fracture": "骨质疏松及骨折",
    "other_neurological": "其他神经系统疾病",
    "paralysis": "瘫痪",
    "peptic_ulcer": "消化性溃疡",
    "peptic_ulcer_without_bleeding": "消化性溃疡(不含出血)",
    "peripheral_vascular": "外周血管疾病",
    "pregnancy_perinatal": "妊娠及围产期",
    "psychosis": "精神病性障碍",
    "pulmonary_circulation": "肺循环疾病",
    "pvd": "外周血管病",
    "rehabilitation_aftercare": "康复及后续治疗",
    "renal": "肾脏疾病",
    "renal_failure": "肾衰竭",
    "respiratory_failure": "呼吸衰竭",
    "respiratory_infection": "呼吸道感染",
    "respiratory_other": "其他呼吸系统疾病",
    "retinopathy": "视网膜病变",
    "rheumatic": "风湿性疾病",
    "rheumatoid": "类风湿及胶原血管病",
    "sepsis": "脓毒症",
    "skin_infection_ulcer": "皮肤感染及溃疡",
    "skin_other": "其他皮肤疾病",
    "solid_tumor_without_metastasis": "无转移实体瘤",
    "stroke": "脑卒中",
    "substance_use": "物质使用",
    "symptoms": "症状体征",
    "urinary_infection": "泌尿道感染",
    "valve_cardiomyopathy": "瓣膜病及心肌病",
    "valvular": "心脏瓣膜病",
    "weight_loss": "体重减轻",
}


def name_group(group: str) -> tuple[str, str]:
    """Name a diagnosis group.

    Parameters
    ----------
    group : str
        Group of a code list.

    Returns
    -------
    tuple of str
        English and Chinese words.

    Examples
    --------
    >>> name_group("heart_failure")
    ('heart failure', '心力衰竭')
    """
    return group.replace("_", " "), GROUPS_ZH.get(group, group)
