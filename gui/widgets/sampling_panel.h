#pragma once

#include "gui/presets.h"

#include <QWidget>

#include <functional>
#include <vector>

class QComboBox;
class QCheckBox;
class QFormLayout;
class QGridLayout;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;
class QToolButton;

namespace gui
{

/// How the answers of a chat are made: preset, sampling, length, stops, thinking, system prompt.
///
/// Shows and changes one GenerationSettings; every row can be put back to what the preset says. Thread: GUI.
class SamplingPanel final : public QWidget
{
    Q_OBJECT

public:
    explicit SamplingPanel(Presets &presets, QWidget *parent = nullptr);

    void setSettings(const GenerationSettings &settings);
    const GenerationSettings &settings() const { return m_settings; }

Q_SIGNALS:
    void settingsChanged(const gui::GenerationSettings &settings);

private:
    /// A control bound to a part of the settings.
    struct Row {
        std::function<void(const GenerationSettings &)> show;
        std::function<bool(const GenerationSettings &, const GenerationSettings &)> differs;
        std::function<void(GenerationSettings &, const GenerationSettings &)> reset;
        QToolButton *resetButton = nullptr;
    };

    void buildPresetRow(QGridLayout &grid);
    void buildNumbers(QGridLayout &grid);
    void buildRest(QGridLayout &grid);
    void addSection(QGridLayout &grid, const QString &title);
    void addRow(QGridLayout &grid, const QString &label, const QString &tip, QWidget *control, Row row,
                bool wide = false);
    void addNumber(QGridLayout &grid, const char *name, const QString &label, const QString &tip, double low,
                   double high, double step, float engine::SamplingParams::*member);
    void addSeed(QGridLayout &grid);
    void change(const std::function<void(GenerationSettings &)> &how);
    void showAll();
    void showPresets();
    void choosePreset(int index);
    void savePreset();
    const GenerationSettings &reference() const;

    Presets &m_presets;
    GenerationSettings m_settings;
    QString m_presetName; ///< chosen last; rows are compared with it
    std::vector<Row> m_rows;
    QComboBox *m_preset = nullptr;
    QToolButton *m_delete = nullptr;
    QLineEdit *m_name = nullptr;
    QWidget *m_nameRow = nullptr;
    bool m_isShowing = false;
};

} // namespace gui
